import { audit } from '../../src/engine/auditor.ts';
import { LANE_RULES } from '../../src/engine/backoff.ts';
import { ledgerEntries } from '../../src/engine/history.ts';
import type { EffectRow, Store } from '../../src/engine/store-port.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { startVerification } from '../../src/ledger/verify.ts';
import type { Asked } from './clients.ts';
import type { EventLaws } from './event-laws.ts';
import type { FarEnds } from './far-ends.ts';
import { describe, type Known } from './witness.ts';
import type { World } from './world.ts';

export interface Ending {
  readonly world: World;
  readonly core: Store;
  readonly laws: EventLaws;
  readonly farEnds: FarEnds;
  readonly effects: ReadonlyMap<string, Known>;
  readonly asked: readonly Asked[];
}

const EFFECTS_MAX = 1_000_000;
/** What became due in the last moment may be under way. */
const LAST_MOMENT_MS = 120_000;

/** What must be true when everything has been well for long enough. */
export async function judgeEnding(ending: Ending): Promise<void> {
  const { world, core } = ending;
  const entries: Entry[] = [];
  for await (const page of ledgerEntries(core)) entries.push(...page);
  const verification = startVerification();
  for (const entry of entries) verification.add(entry);
  for (const fault of verification.finish().faults.slice(0, 3)) world.violate('the chain verifies', JSON.stringify(fault));
  const report = await audit(core, world.now(), { overdueMs: LAST_MOMENT_MS + 1_000_000_000 });
  for (const { kind, about, explanation } of report.findings.slice(0, 3))
    world.violate(
      kind === 'snapshot' ? 'snapshots are the fold' : 'effects are what the ledger entails',
      `${kind} ${about}: ${explanation}`,
    );
  const rows = await core.outbox.list({ states: ['pending', 'claimed', 'done', 'dead', 'superseded'], limit: EFFECTS_MAX });
  for (const row of rows) judgeRow(ending, row);
  for (const page of ending.laws.pages.values())
    if (page.status === 'active' && ending.laws.wasWanted(page.page, 0))
      world.violate('every page comes to an end', `page ${page.page} still rings at level ${page.level}, round ${page.round}`);
  judgeDeclared(ending);
  for (const asked of ending.asked) judgeAnswers(ending, asked, entries);
}

function judgeRow({ world, farEnds, laws, effects }: Ending, row: EffectRow): void {
  const known = effects.get(row.id);
  const what = known === undefined ? row.id : describe(known);
  const isOwed = row.state === 'pending' || row.state === 'claimed';
  if (isOwed && row.dueAt < world.now() - LAST_MOMENT_MS)
    world.violate(
      'the outbox drains',
      `${what} has been due for ${world.now() - row.dueAt} ms: ${row.state}, ${row.attempts} attempts, ${row.detail ?? ''}`,
    );
  if (row.body.kind !== 'page.notify') return;
  const { page, notification } = row.body;
  const arrived = farEnds.sendings.get(row.id)?.some(({ isArrived }) => isArrived) === true;
  if (row.state === 'done' && !arrived && known?.isMoot !== true)
    world.violate('no page is lost', `${what} is done, never arrived, and was wanted all the time`);
  if (row.state !== 'dead') return;
  const told = laws.pages.get(page)?.notifications[notification]?.state;
  if (told !== 'failed') world.violate('a page that cannot be sent is told', `${what} is dead, and the page says ${told}`);
  if (!farEnds.refused.has(row.id) && row.attempts < LANE_RULES.pages.attemptsMax)
    world.violate('nobody is given up without a no', `${what} is dead after ${row.attempts} attempts: ${row.detail}`);
}

function judgeDeclared({ world, laws }: Ending): void {
  for (const [what, times] of laws.declared) {
    const allowed = what.startsWith('alerts ') ? (laws.openings.get(what) ?? 0) : 1;
    if (times > allowed) world.violate('one delivery, one effect', `${what} was declared ${times} times, asked for ${allowed} times`);
  }
}

/** Whoever asked was answered, always the same, and what was said is in the ledger. */
function judgeAnswers({ world }: Ending, { key, answers }: Asked, entries: readonly Entry[]): void {
  const [first] = answers;
  if (first === undefined) world.violate('everybody is answered', key);
  const texts = new Set(answers.map((answer) => JSON.stringify(answer.ok ? [answer.stream, answer.positions] : answer.code)));
  if (texts.size > 1) world.violate('one delivery, one effect', `${key} was answered ${[...texts].join(' and ')}`);
  if (first?.ok !== true) return;
  for (const [index, position] of first.positions.entries()) {
    const entry = entries[position - 1];
    if (entry?.type !== first.events[index]?.type || entry?.stream !== first.stream)
      world.violate('nothing acknowledged is lost', `${key} was told of entry ${position}, which is ${entry?.type} of ${entry?.stream}`);
  }
}
