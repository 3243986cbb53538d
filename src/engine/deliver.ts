import type { AskedAct, Effect } from '../domain/kernel.ts';
import type { Clock } from '../kit/clock.ts';
import type { Randomness } from '../kit/randomness.ts';
import { backoffMs, LANE_RULES } from './backoff.ts';
import type { Door } from './door.ts';
import { sequenceOf } from './effects.ts';
import type { PassMoment } from './moment.ts';
import { type Attempt, type EffectRow, LANES, type Lane, type Outcome, type Reason, type Settlement, type Store } from './ports.ts';

/** How one kind of effect is kept. */
export interface Performer {
  /** Its act settles the effect in the same transaction, so that nothing is left to settle after it. */
  readonly settlesItself?: true;
  /** Does it, or says that it is not needed any more by answering `done`. */
  perform(effect: Effect, attempt: Attempt, row: EffectRow): Promise<Outcome>;
  /** The fact to tell when it will never work; null when only the operator needs to know. */
  buried(effect: Effect, failure: Failure): AskedAct | null;
  /** What an unknown outcome means: repeat under the same key, or stop and tell this fact. */
  unknown(effect: Effect, failure: Failure): AskedAct | 'repeat';
}
export interface Failure {
  readonly reason: Reason;
  readonly detail: string;
}
export interface Seen {
  readonly effect: string;
  readonly kind: Effect['kind'];
  readonly lane: Lane;
  readonly outcome: Outcome['outcome'] | 'fenced' | 'late' | 'bug';
  readonly reason: Reason | null;
  readonly detail: string | null;
  readonly lateMs: number;
}
export interface DeliverPorts {
  readonly store: Store;
  readonly door: Door;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly performers: (kind: Effect['kind']) => Performer;
  readonly observe?: (seen: Seen) => void;
  /** A bug in a performer: logged once, and never in the way of the next effect. */
  readonly bug: (fault: unknown, effect: string) => void;
  /** Told of each named moment as it passes. */
  readonly pass?: PassMoment;
  /** Something of this lane may be due at `dueAt`. */
  readonly wake: (lane: Lane, dueAt: number) => void;
}

/** Longer than any attempt and its margin: while a lease runs nobody else touches the effect. */
export const LEASE_MS = 30_000;
/** An attempt is aborted after this. */
export const ATTEMPT_MS = 10_000;
/** Time kept for settling what was sent. */
const MARGIN_MS = 2_000;

export interface Deliverer {
  /** Claims and starts everything due in a lane, as far as the lane has room; does not wait for it to finish. */
  deliver(lane: Lane): Promise<void>;
  /** Answers when nothing is under way. */
  finished(): Promise<void>;
  busy(): boolean;
  /** No further claims; what is under way goes on. */
  stop(): void;
}

interface LaneWork {
  readonly underWay: Set<Promise<void>>;
  /** Sequence → its last effect. */
  readonly sequences: Map<string, Promise<void>>;
}

export function createDeliverer(ports: DeliverPorts): Deliverer {
  const lanes = new Map(LANES.map((lane): [Lane, LaneWork] => [lane, { underWay: new Set(), sequences: new Map() }]));
  let stopping = false;
  return {
    stop: () => {
      stopping = true;
    },
    busy: () => [...lanes.values()].some(({ underWay }) => underWay.size > 0),
    async finished() {
      for (const { underWay } of lanes.values()) await Promise.all(underWay);
    },
    async deliver(lane) {
      const work = lanes.get(lane) as LaneWork;
      for (;;) {
        const free = LANE_RULES[lane].atOnce - work.underWay.size;
        if (stopping || free <= 0) return;
        const claimed = await ports.store.outbox.claim({ lane, now: ports.clock.now(), leaseMs: LEASE_MS, limit: free });
        if (claimed.length === 0) return;
        const claimedAt = ports.clock.monotonic();
        for (const row of claimed) start(ports, work, row, claimedAt);
      }
    },
  };
}

/** Starts one effect, after those before it in its sequence; a full lane is looked at again when it ends. */
function start(ports: DeliverPorts, { underWay, sequences }: LaneWork, row: EffectRow, claimedAt: number): void {
  const sequence = sequenceOf(row.body);
  const before = sequence === null ? undefined : sequences.get(sequence);
  const run = (): Promise<void> => attempt(ports, row, claimedAt);
  const work: Promise<void> = (before === undefined ? run() : before.then(run)).finally(() => {
    const wasFull = underWay.size >= LANE_RULES[row.lane].atOnce;
    underWay.delete(work);
    if (sequence !== null && sequences.get(sequence) === work) sequences.delete(sequence);
    if (wasFull) ports.wake(row.lane, ports.clock.now());
  });
  underWay.add(work);
  if (sequence !== null) sequences.set(sequence, work);
}

async function attempt(ports: DeliverPorts, row: EffectRow, claimedAt: number): Promise<void> {
  const { clock } = ports;
  const lateMs = Math.max(0, clock.now() - row.dueAt);
  const see = (outcome: Seen['outcome'], failure: Failure | null): void =>
    ports.observe?.({
      effect: row.id,
      kind: row.body.kind,
      lane: row.lane,
      outcome,
      reason: failure?.reason ?? null,
      detail: failure?.detail ?? null,
      lateMs,
    });
  // A worker that slept through its lease must not send: somebody else may have.
  if (clock.monotonic() - claimedAt > LEASE_MS - ATTEMPT_MS - MARGIN_MS) {
    await release(ports, row, clock.now(), null);
    return see('late', null);
  }
  try {
    ports.pass?.('before-send');
    const outcome = await perform(ports, row);
    ports.pass?.('after-send');
    const kept = await settle(ports, row, outcome);
    ports.pass?.('after-settle');
    see(kept ? outcome.outcome : 'fenced', outcome.outcome === 'done' ? null : outcome);
  } catch (bug) {
    ports.bug(bug, row.id);
    const failure: Failure = { reason: 'unknown', detail: 'an error inside Allclear' };
    await settle(ports, row, { outcome: 'retry', ...failure }).catch((fault: unknown) => ports.bug(fault, row.id));
    see('bug', failure);
  }
}

async function perform(ports: DeliverPorts, row: EffectRow): Promise<Outcome> {
  const abort = new AbortController();
  const cancel = ports.clock.alarm(ports.clock.now() + ATTEMPT_MS, () => abort.abort());
  try {
    return await ports.performers(row.body.kind).perform(row.body, { key: row.id, number: row.attempts, signal: abort.signal }, row);
  } finally {
    cancel();
  }
}

/** Writes down what came of it. Answers false when another worker has taken the effect over. */
async function settle(ports: DeliverPorts, row: EffectRow, outcome: Outcome): Promise<boolean> {
  ports.pass?.('before-settle');
  const performer = ports.performers(row.body.kind);
  if (outcome.outcome === 'done' && performer.settlesItself === true) return true;
  if (outcome.outcome === 'done') return conclude(ports, row, 'done', null, outcome.acts ?? []);
  const failure: Failure = { reason: outcome.reason, detail: outcome.detail };
  if (outcome.outcome === 'unknown') {
    const fact = performer.unknown(row.body, failure);
    if (fact !== 'repeat') return conclude(ports, row, 'done', failure, [fact]);
  }
  const rules = LANE_RULES[row.lane];
  if (outcome.outcome === 'dead' || row.attempts >= rules.attemptsMax) {
    const fact = performer.buried(row.body, failure);
    return conclude(ports, row, 'dead', failure, fact === null ? [] : [fact]);
  }
  const wished = outcome.outcome === 'retry' ? (outcome.afterMs ?? 0) : 0;
  const waitMs = Math.max(wished, backoffMs(row.attempts, rules, ports.randomness.fraction()));
  return release(ports, row, ports.clock.now() + waitMs, failure);
}

async function release(ports: DeliverPorts, row: EffectRow, dueAt: number, failure: Failure | null): Promise<boolean> {
  const { reason, detail } = failure ?? { reason: null, detail: null };
  const released = await ports.store.outbox.release({ effect: row.id, fence: row.fence, dueAt, reason, detail });
  ports.wake(row.lane, dueAt);
  return released;
}

/** The facts go through the door; the last one settles the effect in the same transaction. */
async function conclude(
  ports: DeliverPorts,
  row: EffectRow,
  state: Settlement['state'],
  failure: Failure | null,
  acts: readonly AskedAct[],
): Promise<boolean> {
  const { reason, detail } = failure ?? { reason: null, detail: null };
  const settlement: Settlement = { effect: row.id, fence: row.fence, state, reason, detail };
  const last = acts.at(-1);
  if (last === undefined) {
    const [settled] = await ports.store.outbox.settle([settlement]);
    return settled === true;
  }
  for (const [index, act] of acts.entries()) {
    const settle = act === last ? { settle: settlement } : {};
    const answer = await ports.door.submit({ act, actor: 'allclear', key: `${row.id}-${index}`, ...settle });
    if (!answer.ok && answer.code === 'fenced') return false;
  }
  return true;
}
