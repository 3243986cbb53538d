import type { AskedAct, Effect } from '../domain/kernel.ts';
import { type Clock, pause } from '../kit/clock.ts';
import { within } from '../kit/deadline.ts';
import type { Randomness } from '../kit/randomness.ts';
import { backoffMs, LANE_RULES } from './backoff.ts';
import type { Door } from './door.ts';
import { sequenceOf, turnOf } from './effects.ts';
import { keepLease, type Lease, leaseLeftMs, MARGIN_MS, mayBegin } from './lease.ts';
import type { PassMoment } from './moment.ts';
import type { Attempt, Outcome, Reason } from './ports.ts';
import { type EffectRow, LANES, type Lane, type Queue, type Settlement, type Store } from './store-port.ts';

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
  readonly wake: Queue['wake'];
  readonly took: Queue['took'];
  readonly look: Queue['look'];
}

/** An attempt is aborted after this. */
export const ATTEMPT_MS = 10_000;
/** An adapter that does not even answer that it was aborted is not waited for any longer. */
const DEAF_MS = 1_000;
/** Stopping aborts so long before its time is over: enough to give up on the deaf and to write down what is known. */
const ABORT_MS = 2 * DEAF_MS;
/** A far end that asks for a longer wait is asked again anyway: it may be back long before it said. */
export const AFTER_MS_MAX = 3_600_000;
/** What came of an attempt is offered to a failing store again after this, and for so long: whoever took it over has raised its fence. */
const SETTLE_AGAIN_MS = 1_000;
const SETTLE_MS_MAX = 30_000;

export interface Deliverer {
  /** Claims and starts everything due in a lane, as far as the lane has room; does not wait for it to finish. */
  deliver(lane: Lane): Promise<void>;
  /** When a lane has something to claim again; null while it has no room, because it wakes itself when it has. */
  nextDue(lane: Lane): Promise<number | null>;
  busy(): boolean;
  /** No further claims; what is claimed and has not begun is given back untried, what is under way goes on. */
  stop(): void;
  /**
   * Answers when nothing is under way, within `graceMs`: shortly before that is over attempts are aborted, and what even
   * then does not answer is left to its lease.
   */
  finished(graceMs: number): Promise<void>;
}

interface LaneWork {
  readonly underWay: Set<Promise<void>>;
  /** Turn → its last effect. */
  readonly turns: Map<string, Promise<void>>;
}
interface Work {
  readonly lanes: ReadonlyMap<Lane, LaneWork>;
  /** What is being attempted. */
  readonly attempts: Set<AbortController>;
  stopping: boolean;
}

export function createDeliverer(ports: DeliverPorts): Deliverer {
  const { store, clock } = ports;
  const lanes = new Map(LANES.map((lane): [Lane, LaneWork] => [lane, { underWay: new Set(), turns: new Map() }]));
  const work: Work = { lanes, attempts: new Set(), stopping: false };
  const room = (lane: Lane): number => (work.stopping ? 0 : LANE_RULES[lane].atOnce - laneOf(work, lane).underWay.size);
  return {
    busy: () => [...lanes.values()].some(({ underWay }) => underWay.size > 0),
    nextDue: async (lane) => (room(lane) > 0 ? store.outbox.nextDue(lane) : null),
    async deliver(lane) {
      // What ends in the same turn makes room for the first claim too.
      await Promise.resolve();
      for (let limit = room(lane); limit > 0; limit = room(lane)) {
        const since = { monotonic: clock.monotonic(), now: clock.now() };
        const claimed = await store.outbox.claim({ lane, now: since.now, leaseMs: LANE_RULES[lane].leaseMs, limit });
        if (claimed.length > 0) ports.took(claimed.map(({ id }) => id));
        for (const row of claimed) start(ports, work, { row, since });
        // Less than there was room for: that was all. What waits for one of these in its sequence is woken by its end.
        if (claimed.length < limit) return;
      }
    },
    stop: () => {
      work.stopping = true;
    },
    finished: (graceMs) => finished(clock, work, graceMs),
  };
}

function laneOf(work: Work, lane: Lane): LaneWork {
  return work.lanes.get(lane) as LaneWork;
}

async function finished(clock: Clock, work: Work, graceMs: number): Promise<void> {
  const all = Promise.all([...work.lanes.values()].flatMap(({ underWay }) => [...underWay]));
  const late = (): undefined => undefined;
  const abortMs = Math.min(ABORT_MS, graceMs / 2);
  await within(all, graceMs - abortMs, clock).catch(late);
  for (const attempt of work.attempts) attempt.abort();
  await within(all, abortMs, clock).catch(late);
}

/** Starts one effect, after the one before it whose turn it shares. */
function start(ports: DeliverPorts, work: Work, lease: Lease): void {
  const { underWay, turns } = laneOf(work, lease.row.lane);
  const turn = turnOf(lease.row.body);
  const before = turn === null ? undefined : turns.get(turn);
  const run = (): Promise<void> => attempt(ports, work, lease).catch((fault: unknown) => ports.bug(fault, lease.row.id));
  const running: Promise<void> = (before === undefined ? run() : before.then(run)).then(() => {
    // A full lane has not looked further, and what comes next in a sequence could not be claimed before; nothing else waited for this.
    const isAwaited = underWay.size >= LANE_RULES[lease.row.lane].atOnce || sequenceOf(lease.row.body) !== null;
    underWay.delete(running);
    if (turn !== null && turns.get(turn) === running) turns.delete(turn);
    if (isAwaited && !work.stopping) ports.look(lease.row.lane);
  });
  underWay.add(running);
  if (turn !== null) turns.set(turn, running);
}

async function attempt(ports: DeliverPorts, work: Work, lease: Lease): Promise<void> {
  const { row } = lease;
  const see = seer(ports, row);
  if (work.stopping || !mayBegin(ports.clock, lease)) {
    const dueAt = work.stopping ? row.dueAt : ports.clock.now();
    await release(ports, row, { dueAt, failure: null, untried: true });
    return see('late', null);
  }
  let outcome: Outcome;
  try {
    ports.pass?.('before-send');
    outcome = await perform(ports, work, lease);
    ports.pass?.('after-send');
  } catch (bug) {
    ports.bug(bug, row.id);
    const failure: Failure = { reason: 'unknown', detail: 'an error inside Allclear' };
    await settlePatiently(ports, row, { outcome: 'retry', ...failure });
    return see('bug', failure);
  }
  const kept = await settlePatiently(ports, row, outcome);
  ports.pass?.('after-settle');
  see(kept ? outcome.outcome : 'fenced', outcome.outcome === 'done' ? null : outcome);
}

function seer(ports: DeliverPorts, row: EffectRow): (outcome: Seen['outcome'], failure: Failure | null) => void {
  const lateMs = Math.max(0, ports.clock.now() - row.dueAt);
  const { id: effect, lane } = row;
  return (outcome, failure) => {
    const { reason, detail } = failure ?? { reason: null, detail: null };
    ports.observe?.({ effect, kind: row.body.kind, lane, outcome, reason, detail, lateMs });
  };
}

/** One attempt, aborted when its time is up or its lease is lost. An adapter that does not hear that is left alone, and nobody knows what it did. */
async function perform(ports: DeliverPorts, work: Work, lease: Lease): Promise<Outcome> {
  const { clock } = ports;
  const { row } = lease;
  const abort = new AbortController();
  const cancel = clock.alarm(clock.now() + ATTEMPT_MS, () => abort.abort());
  const letGo = keepLease(ports, lease, () => abort.abort());
  work.attempts.add(abort);
  try {
    const { signal } = abort;
    const leftMs = (): number => leaseLeftMs(clock, lease) - MARGIN_MS;
    const performed = ports.performers(row.body.kind).perform(row.body, { key: row.id, number: row.attempts, signal, leftMs }, row);
    return await Promise.race([performed, deaf(clock, signal)]);
  } finally {
    cancel();
    letGo();
    work.attempts.delete(abort);
  }
}

function deaf(clock: Clock, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const detail = `no answer within ${ATTEMPT_MS} ms`;
    const giveUp = (): void => resolve({ outcome: 'unknown', reason: 'timeout', detail });
    signal.addEventListener('abort', () => void clock.alarm(clock.now() + DEAF_MS, giveUp), { once: true });
  });
}

/** What is known is not thrown away because the store fails just now: it is offered again for a while. */
async function settlePatiently(ports: DeliverPorts, row: EffectRow, outcome: Outcome): Promise<boolean> {
  const since = ports.clock.monotonic();
  for (;;) {
    try {
      return await settle(ports, row, outcome);
    } catch (fault) {
      if (ports.clock.monotonic() - since >= SETTLE_MS_MAX) throw fault;
      ports.bug(fault, row.id);
      await pause(ports.clock, SETTLE_AGAIN_MS);
    }
  }
}

/** Writes down what came of it. Answers false when another worker has taken the effect over. */
async function settle(ports: DeliverPorts, row: EffectRow, outcome: Outcome): Promise<boolean> {
  ports.pass?.('before-settle');
  const performer = ports.performers(row.body.kind);
  if (outcome.outcome === 'done' && performer.settlesItself === true) return true;
  if (outcome.outcome === 'done') return conclude(ports, row, 'done', null, outcome.acts ?? []);
  const failure: Failure = { reason: outcome.reason, detail: outcome.detail };
  if (outcome.outcome === 'later') {
    return release(ports, row, { dueAt: ports.clock.now() + wishedMs(outcome.afterMs), failure, untried: true });
  }
  if (outcome.outcome === 'unknown') {
    const fact = performer.unknown(row.body, failure);
    if (fact !== 'repeat') return conclude(ports, row, 'done', failure, [fact]);
  }
  const rules = LANE_RULES[row.lane];
  if (outcome.outcome === 'dead' || row.attempts >= rules.attemptsMax) {
    const fact = performer.buried(row.body, failure);
    return conclude(ports, row, 'dead', failure, fact === null ? [] : [fact]);
  }
  const backoff = backoffMs(row.attempts, rules, ports.randomness.fraction());
  const waitMs = outcome.outcome === 'retry' ? Math.max(wishedMs(outcome.afterMs), backoff) : backoff;
  return release(ports, row, { dueAt: ports.clock.now() + waitMs, failure, untried: false });
}

/** What the far end asked for, as far as it makes sense. */
function wishedMs(afterMs = 0): number {
  return Number.isFinite(afterMs) ? Math.ceil(Math.min(Math.max(afterMs, 0), AFTER_MS_MAX)) : 0;
}

interface Return {
  readonly dueAt: number;
  readonly failure: Failure | null;
  readonly untried: boolean;
}

async function release(ports: DeliverPorts, row: EffectRow, { dueAt, failure, untried }: Return): Promise<boolean> {
  const { reason, detail } = failure ?? { reason: row.reason, detail: row.detail };
  const released = await ports.store.outbox.release({ effect: row.id, fence: row.fence, dueAt, reason, detail, untried });
  ports.wake(row.lane, dueAt, [row.id]);
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
