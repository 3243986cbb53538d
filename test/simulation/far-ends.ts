import type { AskedAct } from '../../src/domain/kernel.ts';
import type { Attempt, ChatPromise, Outcome, Pager, Platform } from '../../src/engine/ports.ts';
import type { Fault, Faults } from './faults.ts';
import type { Life } from './life.ts';
import type { World } from './world.ts';

/** Something on its way to the far end: when it was sent, and whether what came of it is known. */
export interface Sending {
  readonly key: string;
  readonly sentAt: number;
  readonly by: string;
  /** Page, notification and person of a page; null for chat. */
  readonly page: { readonly page: string; readonly notification: string; readonly person: string } | null;
  isArrived: boolean;
  /** The sender was told something or waits no more, and was told that it was done. */
  isAnswered: boolean;
  isConfirmed: boolean;
}

/** Phones and chat rooms outside: what reached them, by key, and what they answer. */
export interface FarEnds {
  readonly sendings: ReadonlyMap<string, readonly Sending[]>;
  /** Keys the far end said a definite no to. */
  readonly refused: ReadonlySet<string>;
  readonly cards: ReadonlyMap<number, Extract<ChatPromise, { kind: 'keep' }>>;
  pagers(life: Life): readonly Pager[];
  platform(life: Life): Platform;
  /** The sender waits for nothing more under this key: what it did not hear, it will not. */
  gaveUp(key: string, by: string): void;
}

export interface FarEndWatch {
  /** A page is being sent; what was sent under its key before. */
  sent(sending: Sending, earlier: readonly Sending[]): void;
  /** A page rang. */
  rang(sending: Sending): void;
}

const OUTAGE: Outcome = { outcome: 'retry', reason: 'unreachable', detail: 'connection refused' };
const SERVER: Outcome = { outcome: 'retry', reason: 'server', detail: 'HTTP 503' };
const GONE: Outcome = { outcome: 'dead', reason: 'client', detail: 'no such recipient' };
const UNKNOWN: Outcome = { outcome: 'unknown', reason: 'timeout', detail: 'no answer' };
const STRIKES: readonly (readonly [Fault, number])[] = [
  ['far-lost-requests', 0.06],
  ['far-lost-answers', 0.06],
  ['far-late', 0.05],
  ['far-errors', 0.08],
  ['far-dead', 0.03],
  ['far-rate-limits', 0.06],
  ['far-hangs', 0.03],
];
const LATE_MS_MAX = 90_000;
const TRAVEL_MS_MAX = 900;

/** What the far ends have seen so far, and what decides over the next request. */
interface Outside {
  readonly world: World;
  readonly faults: Faults;
  readonly watch: FarEndWatch;
  readonly outageUntil: () => number;
  readonly sendings: Map<string, Sending[]>;
  readonly refused: Set<string>;
}

export function createFarEnds(world: World, faults: Faults, outageUntil: () => number, watch: FarEndWatch): FarEnds {
  const cards = new Map<number, Extract<ChatPromise, { kind: 'keep' }>>();
  const outside: Outside = { world, faults, watch, outageUntil, sendings: new Map(), refused: new Set() };
  const begin = (attempt: Attempt, life: Life, page: Sending['page']): Sending => {
    const unanswered = { isArrived: false, isAnswered: false, isConfirmed: false };
    return { key: attempt.key, sentAt: world.elapsed(), by: life.name, page, ...unanswered };
  };
  const pager = (life: Life, name: string): Pager => ({
    name,
    unreachable: () => null,
    page(notice, attempt) {
      const { page, person, acknowledgeUrl } = notice;
      const sending = begin(attempt, life, { page, notification: acknowledgeUrl, person: person.id });
      return send(outside, life, attempt.signal, { sending, done: { outcome: 'done' }, arrived: () => watch.rang(sending) });
    },
  });
  return {
    sendings: outside.sendings,
    refused: outside.refused,
    cards,
    gaveUp(key, by) {
      for (const sending of outside.sendings.get(key) ?? []) if (sending.by === by) sending.isAnswered = true;
    },
    pagers: (life) => ['chat', 'email', 'webhook'].map((name) => pager(life, name)),
    platform: (life) => ({
      name: 'console',
      start: async () => undefined,
      stop: async () => undefined,
      groups: async () => [],
      deliver(promise, attempt) {
        const arrived = (): void => {
          if (promise.kind === 'keep') cards.set(promise.incident, promise);
        };
        return send(outside, life, attempt.signal, { sending: begin(attempt, life, null), done: answered(promise), arrived });
      },
    }),
  };
}

interface Request {
  readonly sending: Sending;
  readonly done: Outcome;
  readonly arrived: () => void;
}

/** One request over the wire: whether it arrives, when, and what the sender hears of it. */
function send(outside: Outside, life: Life, signal: AbortSignal, { sending, done, arrived }: Request): Promise<Outcome> {
  const { world, faults, refused } = outside;
  const { key } = sending;
  if (life.isDead()) return new Promise(() => undefined);
  world.touch();
  if (signal.aborted) return Promise.resolve(UNKNOWN);
  remember(outside, sending);
  const struck = fate(outside);
  world.trace(`${life.name} sends ${key}${sending.page === null ? '' : ` to ${sending.page.person}`} ${struck ?? ''}`);
  const travel = faults.of('far-late');
  const travelMs = struck === 'far-late' ? travel.between(TRAVEL_MS_MAX, LATE_MS_MAX) : travel.between(1, TRAVEL_MS_MAX);
  const answers = answerOf(struck, done, faults);
  const arrives = struck === null || struck === 'far-lost-answers' || struck === 'far-late' || (struck === 'far-hangs' && travel.hits(0.5));
  return new Promise((resolve) => {
    const answer = (outcome: Outcome): void =>
      life.within(() => {
        world.touch();
        // Who gave up does not hear what comes later.
        if (sending.isAnswered) return;
        sending.isAnswered = true;
        sending.isConfirmed = outcome.outcome === 'done';
        resolve(outcome);
      });
    if (struck !== 'far-hangs') signal.addEventListener('abort', () => answer(UNKNOWN), { once: true });
    world.after(travelMs, () => {
      if (arrives) {
        sending.isArrived = true;
        arrived();
      }
      if (answers === null) return;
      if (answers.outcome === 'dead') refused.add(key);
      answer(answers);
    });
  });
}

function remember({ sendings, watch }: Outside, sending: Sending): void {
  const earlier = sendings.get(sending.key) ?? [];
  sendings.set(sending.key, [...earlier, sending]);
  if (sending.page !== null) watch.sent(sending, earlier);
}

function fate({ outageUntil, world, faults }: Outside): Fault | 'outage' | null {
  if (outageUntil() > world.elapsed()) return 'outage';
  return STRIKES.find(([fault, share]) => faults.strikes(fault, share))?.[0] ?? null;
}

function answered(promise: ChatPromise): Outcome {
  if (promise.kind !== 'open') return { outcome: 'done' };
  const opened: AskedAct = { type: 'incident.room-opened', incident: promise.incident, platform: 'console', room: promise.name, url: null };
  return { outcome: 'done', acts: [opened] };
}

/** What the sender hears; null when nothing. */
function answerOf(struck: Fault | 'outage' | null, done: Outcome, faults: Faults): Outcome | null {
  switch (struck) {
    case 'outage':
      return OUTAGE;
    case 'far-errors':
      return SERVER;
    case 'far-dead':
      return GONE;
    case 'far-rate-limits':
      return { outcome: 'retry', reason: 'rate_limited', detail: 'HTTP 429', afterMs: faults.of('far-rate-limits').between(500, 30_000) };
    case 'far-lost-requests':
    case 'far-lost-answers':
    case 'far-hangs':
      return null;
    default:
      return done;
  }
}
