import type { Rank } from '../domain/catalog.ts';
import type { Clock } from '../kit/clock.ts';
import type { Randomness } from '../kit/randomness.ts';
import type { PassMoment } from './moment.ts';
import type { Answer, CurrentCatalog, Submission } from './ports.ts';
import { createOverlay, type Prepared, prepare } from './prepare.ts';
import { createStates, type States } from './states.ts';
import type { Commit, CommitVerdict, Lane, Queue, Settlement, Store } from './store-port.ts';

/** Submits that share one transaction at the most: enough to spread one fsync, few enough to answer soon. */
const BATCH_MAX = 256;
/** A decision that keeps losing to other processes gives up after this many readings. */
const TRIES_MAX = 12;

export interface DoorPorts {
  readonly store: Store;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The first number given to an incident is the one after this; 0 unless this is the spool of a replica. */
  readonly numbersAfter?: number;
  readonly observe?: (seen: { readonly act: string; readonly code: string; readonly tookMs: number }) => void;
  /** Called after each transaction that changed something. */
  readonly committed?: () => void;
  /** Told of each named moment as it passes. */
  readonly pass?: PassMoment;
  /** Called after each commit: for every lane something is due in, and for every effect that is due later. */
  readonly wake: Queue['wake'];
}
/** A submit that also settles the effect it comes from, in the same transaction. */
export interface InnerSubmission extends Submission {
  readonly settle?: Settlement;
  /** The rank a group gave the actor; counts where it is higher than that of the file. */
  readonly rank?: Rank | null;
}
export type DoorAnswer = Answer | { readonly ok: false; readonly code: 'fenced'; readonly sentence: string };
export interface Door {
  /**
   * The one way to change anything. Answers once the change is durable, or with a refusal. Rejects only when the store
   * failed (then it is unknown whether the change was kept; ask again under the same key) or on a bug.
   */
  submit(submission: InnerSubmission): Promise<DoorAnswer>;
  /** Waits until everything submitted so far is answered. */
  drained(): Promise<void>;
  busy(): boolean;
  readonly states: States;
}

interface Waiting {
  readonly submission: InnerSubmission;
  readonly resolve: (answer: DoorAnswer) => void;
  readonly reject: (fault: unknown) => void;
  readonly since: number;
  tries: number;
}
interface Pending extends Prepared {
  readonly waiting: Waiting;
}

export function createDoor(ports: DoorPorts): Door {
  const states = createStates(ports.store);
  let queue: Waiting[] = [];
  let running: Promise<void> | null = null;

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      // What every socket says in it shares the transaction, and nobody starves behind a long queue.
      await ports.clock.turn();
      const batch = queue.slice(0, BATCH_MAX);
      queue = queue.slice(BATCH_MAX);
      const again = await runBatch(ports, states, batch);
      queue = [...again, ...queue];
    }
  }
  const kick = (): void => {
    running ??= drain().finally(() => {
      running = null;
      if (queue.length > 0) kick();
    });
  };
  return {
    states,
    submit: (submission) =>
      new Promise((resolve, reject) => {
        queue.push({ submission, resolve, reject, since: ports.clock.monotonic(), tries: 0 });
        kick();
      }),
    busy: () => running !== null || queue.length > 0,
    async drained() {
      while (running !== null) await running;
    },
  };
}

/** Decides each in turn on what the ones before it decided, commits all, and answers. Returns those to decide again. */
async function runBatch(ports: DoorPorts, states: States, batch: readonly Waiting[]): Promise<Waiting[]> {
  const overlay = createOverlay(
    ports,
    states,
    // Asking costs a round trip, and a key is mostly new: one that is taken makes the commit a conflict, and then it is asked for.
    batch.flatMap(({ submission, tries }) => (tries === 0 ? [] : (submission.key ?? []))),
  );
  const prepared: Pending[] = [];
  const later: Waiting[] = [];
  for (const waiting of batch) {
    try {
      const one = await prepare(ports, overlay, waiting.submission);
      if (one === 'later') later.push(waiting);
      else prepared.push({ waiting, ...one });
    } catch (bug) {
      waiting.reject(bug);
    }
  }
  const owing = prepared.filter(({ commit }) => commit !== null);
  let verdicts: readonly CommitVerdict[];
  try {
    if (owing.length > 0) ports.pass?.('before-commit');
    verdicts = owing.length === 0 ? [] : await ports.store.append(owing.map(({ commit }) => commit as Commit));
    if (owing.length > 0) ports.pass?.('after-commit');
  } catch (fault) {
    states.forgetAll();
    failAll(ports, prepared, fault);
    return later;
  }
  for (const one of prepared) if (one.commit === null) answer(ports, one.waiting, one.answer);
  const lost = owing.flatMap((one, index) => conclude(ports, states, one, verdicts[index] as CommitVerdict));
  if (owing.some(({ commit }) => commit !== null && (commit.writes.length > 0 || commit.settle !== null))) ports.committed?.();
  return [...lost, ...later];
}

/** Perhaps it was kept and only the answer was lost: then its effects are owed, and nobody else in this process would look for them. */
function failAll(ports: DoorPorts, prepared: readonly Pending[], fault: unknown): void {
  for (const { waiting, commit } of prepared) {
    if (commit !== null) wakeFor(ports, commit, null);
    waiting.reject(fault);
  }
}

/** Tells the asker what became of it; a lost race is decided again. */
function conclude(ports: DoorPorts, states: States, one: Pending, verdict: CommitVerdict): Waiting[] {
  const { waiting, commit } = one;
  if (verdict.verdict === 'conflict') {
    for (const stream of one.seen) states.forget(stream);
    for (const [stream] of one.folded) states.forget(stream);
    if (waiting.tries >= TRIES_MAX) {
      waiting.reject(new Error('the ledger moved on faster than a decision could be made'));
      return [];
    }
    waiting.tries += 1;
    return [waiting];
  }
  if (verdict.verdict === 'fenced') {
    answer(ports, waiting, { ok: false, code: 'fenced', sentence: 'Another worker has taken this over.' });
    return [];
  }
  for (const [stream, folded] of one.folded) states.remember(stream, folded);
  wakeFor(ports, commit as Commit, verdict.positions);
  answer(ports, waiting, one.answer.ok ? { ...one.answer, positions: verdict.positions } : one.answer);
  return [];
}

/** Once for each lane that something is due in now, and once for each effect that is due later. Without positions nobody knows their ids. */
function wakeFor({ wake, clock }: DoorPorts, { effects }: Commit, positions: readonly number[] | null): void {
  const now = clock.now();
  const dueNow = new Map<Lane, string[]>();
  for (const { entry, number, lane, dueAt, settled } of effects) {
    const ids = positions === null || settled !== undefined ? [] : [`${positions[entry]}-${number}`];
    if (dueAt > now) wake(lane, dueAt, ids);
    else dueNow.set(lane, [...(dueNow.get(lane) ?? []), ...ids]);
  }
  for (const [lane, ids] of dueNow) wake(lane, now, ids);
}

function answer(ports: DoorPorts, waiting: Waiting, given: DoorAnswer): void {
  const code = given.ok ? 'ok' : given.code;
  ports.observe?.({ act: waiting.submission.act.type, code, tookMs: ports.clock.monotonic() - waiting.since });
  waiting.resolve(given);
}
