import { SECOND_MS } from '../kit/duration.ts';
import { endStory } from './demo/ending.ts';
import { openStage, type Stage } from './demo/stage.ts';
import { playStory } from './demo/story.ts';
import { SPEED } from './demo/story-clock.ts';
import { StoryError } from './demo/story-error.ts';
import type { Flags } from './flags.ts';
import { trimMemory } from './trim-memory.ts';

/**
 * `allclear demo`: plays a whole incident by itself, on a real ledger and with real deliveries to listeners on this
 * machine. Exit code 1 when anything in it was not as it must be. `--json` adds a last line for programs.
 */
export async function run(_words: readonly string[], flags: Flags): Promise<number> {
  const started = performance.now();
  let stage: Stage | null = null;
  try {
    stage = await openStage((text) => void process.stdout.write(text));
    const { script, settings } = stage;
    script.plain(
      `A night at ${stage.bot.composed.catalog().organization}. A minute of it takes ${60 / SPEED} s; nothing leaves this machine.`,
    );
    await playStory(stage);
    await endStory(stage);
    // As a bot does that has come to rest.
    trimMemory();
    const tookSeconds = Math.round((performance.now() - started) / SECOND_MS);
    script.title(`All of it was as it must be, in ${tookSeconds} s. Ledger, checkpoints and postmortem stay in ${settings.dataDirectory}.`);
    script.plain('Now yourself: npm start');
    if (flags['json'] === true) script.plain(JSON.stringify({ ok: true, tookSeconds, rssBytes: process.memoryUsage.rss() }));
    return 0;
  } catch (fault) {
    if (!(fault instanceof StoryError)) throw fault;
    console.error(`\n✗ ${fault.message}`);
    return 1;
  } finally {
    await stage?.close();
  }
}
