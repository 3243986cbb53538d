import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FollowupState } from '../../domain/followups/state.ts';
import { audit } from '../../engine/auditor.ts';
import { judgementLines, judgeStore } from '../audit/judge-ledger.ts';
import { knownCheckpoints } from '../audit/known-checkpoints.ts';
import { openLedger } from '../open-ledger.ts';
import type { Stage } from './stage.ts';
import { StoryError } from './story-error.ts';

/** What the night left behind: the timeline that wrote itself, the proof that nobody changed it, the postmortem. Closes the stage. */
export async function endStory(stage: Stage): Promise<void> {
  const { script, bot } = stage;
  const { readings, door } = bot.composed.bot;
  script.title('The timeline wrote itself:');
  for (const { text, at } of await readings.timeline(1)) script.became(text, at);
  const { published } = (await door.states.load('followup/1')).state as FollowupState;
  await stage.close();
  await proveTheLedger(stage);
  if (published === null) throw new StoryError('the postmortem was not published');
  await showPostmortem(stage, published);
}

/** From the disk, as `allclear audit verify` does it. */
async function proveTheLedger({ script, settings, now, proves }: Stage): Promise<void> {
  script.title('Nobody changed it since, and nothing is still owed:');
  const known = knownCheckpoints(settings);
  const store = await openLedger(settings);
  if (!known.ok || store === null) throw new StoryError(known.ok ? 'the ledger cannot be opened' : known.sentence);
  const judged = await judgeStore(store, known.checkpoints);
  const effects = await audit(store, now());
  await store.close();
  for (const line of judgementLines(judged)) script.plain(`  ${line}`);
  proves(
    judged.verdict.isSound && judged.checkpoints > 0,
    `audit verify: sound, and vouched for by ${judged.checkpoints} signed checkpoints`,
  );
  proves(effects.isClean, `audit effects: all ${effects.effects} promises the ledger entails are accounted for`);
}

type Publication = NonNullable<FollowupState['published']>;

async function showPostmortem({ script, settings, proves }: Stage, { branch, path, commit }: Publication): Promise<void> {
  script.title('The postmortem, filled from the ledger:');
  const place = ['-C', settings.postmortemDirectory, 'show', `${branch}:${path}`];
  const { stdout } = await promisify(execFile)('git', place);
  script.plain(`  branch ${branch}, commit ${commit}`);
  script.plain(`  file   ${path}`);
  script.plain(`  read   git ${place.join(' ')}`);
  proves(stdout.includes('Customers cannot pay'), `the postmortem is committed: ${stdout.split('\n').length} lines of Markdown`);
}
