import type { Effect } from '../../src/domain/kernel.ts';
import type { Commit, CommitVerdict, EffectRow, Lane, Settlement, Store } from '../../src/engine/store-port.ts';
import type { EventLaws } from './event-laws.ts';
import type { Sending } from './far-ends.ts';
import type { World } from './world.ts';

/** What is known of one promise, from outside of the outbox. */
export interface Known {
  readonly id: string;
  readonly lane: Lane;
  readonly dueAt: number;
  readonly body: Effect;
  readonly sequence: string | null;
  readonly promisedAt: number;
  /** Calm time at which it was due; null while it is not. */
  calmAtDue: number | null;
  /** When it may be claimed. */
  readyAt: number;
  fence: number;
  begun: boolean;
  settled: 'done' | 'dead' | null;
  /** A page that was not wanted any more when it was settled, or had not been for a moment. */
  isMoot: boolean;
}

/** Sees everything every replica does to the store, as the store answers it, and judges. */
export interface Witness {
  watch(store: Store): Store;
  /** A page is on its way out. */
  sent(sending: Sending, earlier: readonly Sending[]): void;
  readonly effects: ReadonlyMap<string, Known>;
  /** Lanes in which something may be claimed now. */
  dueLanes(): ReadonlySet<Lane>;
}

/** Between the last look at whether a page is wanted and its leaving lies at most one attempt, and a moment. */
const ATTEMPT_MS_SEEN = 12_000;
/** Begun at the latest so long after it was due, while nothing is wrong. */
const LATE_MS_MAX = 5_000;
/** A timer is answered at the latest so long after it was due, while nothing is wrong. */
const ANSWER_MS_MAX = 10_000;

export function createWitness(world: World, laws: EventLaws, core: Store, count: (what: string) => void): Witness {
  const effects = new Map<string, Known>();
  const owed = new Map<string, Known>();
  const newest = new Map<string, string>();
  let seen = 0;
  let reading: Promise<void> = Promise.resolve();

  function expect(known: Known): void {
    const waitMs = known.dueAt - world.now();
    if (waitMs > 0) world.after(waitMs, () => expect(known));
    else {
      known.calmAtDue = world.calmMs();
      if (known.lane === 'pages' || known.lane === 'asks') world.after(LATE_MS_MAX * 2, () => overdue(known));
    }
  }
  /** Asked again and again: nobody else may ever touch it. */
  function overdue(known: Known): void {
    if (known.settled !== null || known.calmAtDue === null) return;
    if (world.now() < known.dueAt) {
      // The clock was set back: it is not due any more.
      expect(known);
      return;
    }
    const lateMs = world.calmMs() - known.calmAtDue;
    const isLate = known.begun ? known.lane === 'asks' && lateMs > ANSWER_MS_MAX : lateMs > LATE_MS_MAX;
    if (isLate)
      world.violate('never late', `${describe(known)} was due ${lateMs} calm ms ago and is ${known.begun ? 'not answered' : 'not begun'}`);
    else world.after(30_000, () => overdue(known));
  }
  function promised(commit: Commit, positions: readonly number[]): void {
    for (const { entry, number, lane, dueAt, body, coalesce, sequence } of commit.effects) {
      const id = `${positions[entry]}-${number}`;
      const known: Known = {
        id,
        lane,
        dueAt,
        body,
        sequence,
        promisedAt: world.elapsed(),
        calmAtDue: null,
        readyAt: dueAt,
        fence: 0,
        begun: false,
        settled: null,
        isMoot: false,
      };
      effects.set(id, known);
      owed.set(id, known);
      if (coalesce !== null) owed.delete(newest.get(coalesce) ?? '');
      if (coalesce !== null) newest.set(coalesce, id);
      expect(known);
    }
  }
  function settled({ effect, fence, state }: Settlement): void {
    const known = effects.get(effect);
    if (known === undefined) return;
    accepted(known, fence);
    if (known.settled !== null) world.violate('nothing is settled twice', describe(known));
    known.settled = state;
    known.isMoot = known.body.kind === 'page.notify' && laws.wasSilentSince(known.body.page, known.promisedAt);
    owed.delete(effect);
    world.trace(`outbox ${effect} ${state}`);
  }
  /** Only the last one who took it may say what came of it. */
  function accepted(known: Known, fence: number): void {
    if (fence !== known.fence)
      world.violate('a worker that was taken over is not heard', `${describe(known)} token ${fence}, the last is ${known.fence}`);
  }
  function claimed({ id, fence, body, leaseUntil }: EffectRow): void {
    const known = effects.get(id);
    if (known === undefined) return;
    if (known.settled !== null) world.violate('what is settled stays so', `${describe(known)} was ${known.settled} and is claimed again`);
    if (world.furthest() < known.dueAt)
      world.violate('never early', `${describe(known)} is begun ${known.dueAt - world.furthest()} ms before it is due`);
    known.fence = fence;
    known.begun = true;
    known.readyAt = leaseUntil ?? known.readyAt;
    owed.set(id, known);
    if (body.kind === 'ask') world.trace(`claimed ${id} ${body.act.type}`);
  }
  async function readOn(): Promise<void> {
    const entries = await core.entries({ after: seen, limit: 1_000 });
    for (const entry of entries) {
      laws.add(entry);
      seen = entry.position;
    }
  }
  async function appended(commits: readonly Commit[], verdicts: readonly CommitVerdict[]): Promise<void> {
    for (const [index, commit] of commits.entries()) {
      const verdict = verdicts[index] as CommitVerdict;
      count(`commit ${verdict.verdict}`);
      if (verdict.verdict !== 'committed') continue;
      promised(commit, verdict.positions);
      if (commit.settle !== null) settled(commit.settle);
    }
    reading = reading.then(readOn);
    await reading;
  }
  return {
    effects,
    dueLanes: () => dueLanes(owed.values(), world.now()),
    sent: (sending, earlier) => judgeSending(world, laws, effects, sending, earlier, count),
    watch: (store) => ({
      ...store,
      async append(commits) {
        const verdicts = await store.append(commits);
        await appended(commits, verdicts);
        return verdicts;
      },
      outbox: {
        ...store.outbox,
        async claim(request) {
          const rows = await store.outbox.claim(request);
          for (const row of rows) claimed(row);
          return rows;
        },
        async renew(request) {
          const renewed = await store.outbox.renew(request);
          const known = effects.get(request.effect);
          if (!renewed || known === undefined) return renewed;
          accepted(known, request.fence);
          known.readyAt = request.until;
          count('lease renewed');
          return renewed;
        },
        async settle(settlements) {
          const answers = await store.outbox.settle(settlements);
          for (const [index, settlement] of settlements.entries()) if (answers[index] === true) settled(settlement);
          return answers;
        },
        async release(request) {
          const released = await store.outbox.release(request);
          const known = effects.get(request.effect);
          if (!released || known === undefined) return released;
          accepted(known, request.fence);
          known.readyAt = request.dueAt;
          return released;
        },
      },
    }),
  };
}

/** What waits for another of its sequence is not due. */
function dueLanes(owed: Iterable<Known>, now: number): ReadonlySet<Lane> {
  const begun = new Set<string>();
  const due = new Set<Lane>();
  for (const { lane, readyAt, sequence } of owed) {
    if (sequence !== null && begun.has(sequence)) continue;
    if (sequence !== null) begun.add(sequence);
    if (readyAt <= now) due.add(lane);
  }
  return due;
}

export function describe({ id, body }: Known): string {
  const about = body.kind === 'ask' ? body.act.type : body.kind === 'page.notify' ? `page ${body.page} to ${body.person}` : '';
  return `${id} ${body.kind} ${about}`;
}

/** A page that leaves is still wanted, and was not known to have arrived. */
function judgeSending(
  world: World,
  laws: EventLaws,
  effects: ReadonlyMap<string, Known>,
  sending: Sending,
  earlier: readonly Sending[],
  count: (what: string) => void,
): void {
  const { key, page } = sending;
  if (page === null) return;
  const known = effects.get(key);
  if (known !== undefined) known.begun = true;
  if (!laws.wasWanted(page.page, ATTEMPT_MS_SEEN))
    world.violate('nobody is woken for what is over', `${key} of page ${page.page} to ${page.person}`);
  if (earlier.some(({ isArrived }) => isArrived)) count('page sent again after it arrived');
  if (effects.get(key)?.settled === 'done') world.violate('duplicates only after an unknown outcome', `${key} is sent though it is done`);
  for (const before of earlier) {
    // A process that died or lost the store just then could not say that it had sent.
    if (world.disturbedSince(before.sentAt)) continue;
    const isUnderWay = !before.isAnswered && world.elapsed() - before.sentAt < ATTEMPT_MS_SEEN;
    if (before.isConfirmed || isUnderWay)
      world.violate(
        'duplicates only after an unknown outcome',
        `${key} was sent by ${before.by} at ${before.sentAt} and again by ${sending.by}`,
      );
  }
}
