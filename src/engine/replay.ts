import type { Recorded } from '../domain/kernel.ts';
import { domainOfStream } from '../domain/registry.ts';
import type { Entry, UnchainedEntry } from '../ledger/entry.ts';
import { verify } from '../ledger/verify.ts';
import { outboxRows } from './effects.ts';
import { eventOf, type Folded, ledgerEntries } from './history.ts';
import { answeredBefore } from './prepare.ts';
import { createStates } from './states.ts';
import type { Commit, EffectRow, EffectWrite, Spool, Store } from './store-port.ts';

/** Somebody else writes to the same streams meanwhile; after so many readings something else is wrong. */
const TRIES_MAX = 5;

export interface Replayed {
  readonly entries: number;
  /** Hash of the spool's last entry. */
  readonly head: string;
  /** Its incidents. */
  readonly incidents: readonly number[];
  /** The ledger had kept the same words as another incident, and only the answer was lost. */
  readonly twins: readonly { readonly ours: number; readonly other: number }[];
}

/** The spool is not what was written, or the ledger does not take it. */
export class ReplayError extends Error {}

/**
 * Brings the facts of a spool into the ledger as they are: with the times, actors, salts and causes they had, behind what is there.
 * What was delivered from the spool is settled there too, what is still owed is owed by the ledger from then on. Each entry has a
 * key, so that a replay whose end nobody heard of may be repeated. Throws a `ReplayError` when it never will work.
 */
export async function replaySpool(spool: Spool, ledger: Store): Promise<Replayed> {
  const entries: Entry[] = [];
  for await (const page of ledgerEntries(spool.store)) entries.push(...page);
  const [fault] = verify(entries).faults;
  if (fault !== undefined) throw new ReplayError(`entry ${fault.position} of spool ${spool.name}: ${fault.explanation}`);
  const owed = new Map((await spool.store.outbox.owedBy({ after: 0, upTo: Number.MAX_SAFE_INTEGER })).map((row) => [row.id, row]));
  let missing = await notYetIn(ledger, spool, entries);
  for (let tries = 0; missing.length > 0; tries += 1) {
    if (tries === TRIES_MAX) throw new ReplayError(`the ledger does not take entry ${missing[0]?.position} of spool ${spool.name}`);
    await ledger.append(await commitsOf(spool, ledger, missing, owed));
    missing = await notYetIn(ledger, spool, entries);
  }
  const incidents = entries.flatMap(({ type, incident }) => (type === 'incident.declared' && incident !== null ? [incident] : []));
  return { entries: entries.length, head: entries.at(-1)?.hash ?? '', incidents, twins: await bringAnswers(spool, ledger) };
}

function keyOf({ name }: Spool, { position }: Entry): string {
  return `${name} ${position}`;
}

async function notYetIn(ledger: Store, spool: Spool, entries: readonly Entry[]): Promise<readonly Entry[]> {
  const answers = await Promise.all(entries.map((entry) => ledger.answered(keyOf(spool, entry))));
  return entries.filter((_entry, index) => answers[index] === null);
}

/** One commit an entry, so that each is judged on what those before it leave behind; all in one transaction. */
async function commitsOf(
  spool: Spool,
  ledger: Store,
  entries: readonly Entry[],
  owed: ReadonlyMap<string, EffectRow>,
): Promise<readonly Commit[]> {
  const states = createStates(ledger);
  const commits: Commit[] = [];
  for (const entry of entries) {
    const before = await states.load(entry.stream);
    const { commit, folded } = commitOf(spool, entry, before, owed);
    states.remember(entry.stream, folded);
    commits.push(commit);
  }
  return commits;
}

function commitOf(spool: Spool, entry: Entry, before: Folded, owed: ReadonlyMap<string, EffectRow>) {
  const { stream, at, salt, data } = entry;
  const event = eventOf(entry);
  if (event === null || salt === null || data === null)
    throw new ReplayError(`entry ${entry.position} of spool ${spool.name} cannot be read`);
  if (entry.type === 'incident.declared' && before.version > 0)
    throw new ReplayError(`${stream} of spool ${spool.name} is in the ledger already, and is another one`);
  const domain = domainOfStream(stream);
  const version = before.version + 1;
  const fact: Recorded = { ...event, position: 0, version };
  const state = domain.evolve(before.state, fact);
  const effects = outboxRows(
    domain.react(fact, state).map((effect, number) => ({ entry: 0, number, effect })),
    at,
  );
  const summary = domain.summary(state);
  const unchained: UnchainedEntry = { ...headerOf(entry), version, salt, data };
  const write = { stream, expectedVersion: before.version, entries: [unchained], state: JSON.stringify(state), fold: domain.fold };
  const answer = JSON.stringify({ ok: true, stream, afterVersion: before.version, count: 1 });
  const commit: Commit = {
    writes: [{ ...write, ...summary }],
    effects: effects.map((effect) => settledAs(effect, owed.get(`${entry.position}-${effect.number}`))),
    inbox: { key: keyOf(spool, entry), answer, at },
    settle: null,
    erase: [],
  };
  return { commit, folded: { version, state, incident: summary.incident } };
}

function headerOf({ stream, type, schema, incident, at, actor, cause }: Entry) {
  return { stream, type, schema, incident, at, actor, cause };
}

/** What the spool has delivered or given up is not owed again; what nobody knows of is. */
function settledAs(effect: EffectWrite, row: EffectRow | undefined): EffectWrite {
  if (row === undefined || JSON.stringify(row.body) !== JSON.stringify(effect.body)) return effect;
  const { state, reason, detail } = row;
  return state === 'pending' || state === 'claimed' ? effect : { ...effect, settled: { state, reason, detail } };
}

/** Keys of promises are the spool's own and mean something else in the ledger. */
const PROMISE_KEY = /^\d+-\d+/;

/** A repeat of what was said to the spool gets the first answer from the ledger too. */
async function bringAnswers(spool: Spool, ledger: Store): Promise<Replayed['twins']> {
  const answers = (await spool.answers()).filter(({ key }) => !PROMISE_KEY.test(key));
  const empty = { writes: [], effects: [], settle: null, erase: [] };
  if (answers.length > 0) await ledger.append(answers.map((inbox) => ({ ...empty, inbox })));
  const twins = await Promise.all(
    answers.map(async ({ key, answer }) => {
      const ours = incidentOf((JSON.parse(answer) as { stream?: string }).stream);
      const kept = await answeredBefore(ledger, key);
      const other = kept?.ok === true ? incidentOf(kept.stream) : null;
      return ours === null || other === null || ours === other ? [] : [{ ours, other }];
    }),
  );
  return twins.flat();
}

function incidentOf(stream: string | undefined): number | null {
  const number = /^incident\/(\d+)$/.exec(stream ?? '')?.[1];
  return number === undefined ? null : Number(number);
}
