import { afterEach, describe, expect, it } from 'vitest';
import { LANE_RULES } from '../../src/engine/backoff.ts';
import { AFTER_MS_MAX, ATTEMPT_MS } from '../../src/engine/deliver.ts';
import { type Delivery, type DeliveryOptions, DONE, delivery, type FarEnd, heldAnswers, notify, say, step } from '../support/delivery.ts';

let world: Delivery;
afterEach(() => world.close());

const declare = {
  type: 'incident.declare',
  title: 'Checkout is down',
  severity: null,
  service: null,
  kind: 'incident',
  triage: false,
  alertGroup: null,
  description: null,
  startedAt: null,
};
const note = (text: string) => ({ type: 'incident.note', incident: 1, text });
const down = { outcome: 'retry', reason: 'server', detail: 'answered 503' } as const;
const lost = { outcome: 'unknown', reason: 'timeout', detail: 'cut off before an answer' } as const;

/** A world with one incident, whose notes show which facts were told. */
async function open(performer: DeliveryOptions['performer'] = {}): Promise<void> {
  world = await delivery({ performer });
  await world.door.submit({ act: declare, actor: 'person:ana' });
  await world.settle();
}
/** What becomes of the effects these tests owe; what the incident itself owes is done at once. */
function answers(farEnd: FarEnd): void {
  world.answers((name, ...rest) => (name.startsWith('room.') ? DONE : farEnd(name, ...rest)));
}
async function notes(): Promise<readonly string[]> {
  const entries = await world.store.entries({ stream: 'incident/1', afterVersion: 0, limit: 1_000 });
  return entries.filter(({ type }) => type === 'incident.noted').map(({ data }) => (JSON.parse(data ?? '') as { text: string }).text);
}
/** Promises it and answers its id. */
async function owe(effect: Parameters<Delivery['owe']>[0]): Promise<string> {
  await world.owe(effect);
  return `${(await world.store.entries({ stream: 'test/1', afterVersion: 0, limit: 1_000 })).at(-1)?.position}-0`;
}
/** Waits between the attempts of one page that always fails in the same way, until it is dead. */
async function waits(outcome: FarEnd): Promise<readonly number[]> {
  const begunAt: number[] = [];
  answers((...asked) => {
    begunAt.push(world.clock.now());
    return outcome(...asked);
  });
  await world.owe(notify('page'));
  for (let hour = 0; hour < 24; hour += 1) await world.advance(3_600_000);
  return begunAt.slice(1).map((at, index) => at - (begunAt[index] as number));
}

describe('an effect that fails', () => {
  it('is tried again later and later, with jitter, and then it is dead', async () => {
    await open();
    const { attemptsMax, firstMs, longestMs } = LANE_RULES.pages;
    const waited = await waits(() => down);
    expect(waited).toHaveLength(attemptsMax - 1);
    for (const [index, ms] of waited.entries()) {
      const step = Math.min(longestMs, firstMs * 2 ** index);
      expect(ms).toBeGreaterThanOrEqual(step / 2);
      expect(ms).toBeLessThanOrEqual(step);
    }
    expect(new Set(waited.map((ms, index) => ms / (firstMs * 2 ** index))).size).toBeGreaterThan(1);
  });

  it('waits as long as the far end asks, within reason', async () => {
    await open();
    expect((await waits(() => ({ ...down, afterMs: 600_000 }))).every((ms) => ms === 600_000)).toBe(true);
  });

  it.each([
    ['a day', 86_400_000, AFTER_MS_MAX],
    ['for ever', Number.POSITIVE_INFINITY, LANE_RULES.pages.longestMs],
    ['nonsense', Number.NaN, LANE_RULES.pages.longestMs],
    ['the past', -5_000, LANE_RULES.pages.longestMs],
  ])('is tried again soon although the far end asks for %s', async (_what, afterMs, mostMs) => {
    await open();
    const waited = await waits(() => ({ ...down, afterMs }));
    expect(waited).toHaveLength(LANE_RULES.pages.attemptsMax - 1);
    expect(Math.max(...waited)).toBeLessThanOrEqual(mostMs);
  });

  it('tells once that it is dead, in the transaction that settles it', async () => {
    await open({ buried: (_effect, { reason, detail }) => note(`dead: ${reason} ${detail}`) });
    answers(() => ({ outcome: 'dead', reason: 'auth', detail: 'answered 401' }));
    const id = await owe(notify('page'));
    await world.advance(600_000);
    expect(await notes()).toEqual(['dead: auth answered 401']);
    expect(await world.row(id)).toMatchObject({ state: 'dead', reason: 'auth', detail: 'answered 401', attempts: 1 });
  });

  it('tells what was done, and only the holder of the newest fence may', async () => {
    await open();
    answers((name) => ({ outcome: 'done', acts: [note(`${name} once`), note(`${name} twice`)] }));
    const id = await owe(notify('page'));
    expect(await notes()).toEqual(['page once', 'page twice']);
    expect(await world.row(id)).toMatchObject({ state: 'done', attempts: 1 });
  });
});

describe('an effect of which nobody knows what became', () => {
  it('is repeated under the same key when it is a page', async () => {
    await open();
    const keys: string[] = [];
    answers((_name, { key, number }) => {
      keys.push(`${key} ${number}`);
      return number < 3 ? lost : DONE;
    });
    const id = await owe(notify('page'));
    await world.advance(60_000);
    expect(keys).toEqual([`${id} 1`, `${id} 2`, `${id} 3`]);
    expect((await world.row(id)).state).toBe('done');
  });

  it('stops and tells when a repeat could do harm', async () => {
    await open({ unknown: (_effect, { detail }) => note(`unknown: ${detail}`) });
    answers(() => lost);
    const id = await owe(step('drain'));
    await world.advance(600_000);
    expect(world.begun.filter((name) => name === 'drain-1')).toHaveLength(1);
    expect(await notes()).toEqual(['unknown: cut off before an answer']);
    expect(await world.row(id)).toMatchObject({ state: 'done', reason: 'timeout' });
  });
});

describe('an attempt', () => {
  it('is aborted when its time is up', async () => {
    await open();
    const { farEnd, signals, give } = heldAnswers();
    answers(farEnd);
    const id = await owe(notify('page'));
    await world.advance(ATTEMPT_MS - 1);
    expect(signals.get('page')?.aborted).toBe(false);
    await world.advance(1);
    expect(signals.get('page')?.aborted).toBe(true);
    give('page', lost);
    await world.settle();
    expect(await world.row(id)).toMatchObject({ state: 'pending', reason: 'timeout', attempts: 1 });
  });

  it('that does not even answer its abortion keeps no room, and what it says too late counts no more', async () => {
    await open();
    const { farEnd, give } = heldAnswers();
    answers((name, attempt, row) => (attempt.number === 1 ? farEnd(name, attempt, row) : DONE));
    const ids = [await owe(notify('deaf')), await owe(notify('deaf too'))];
    await world.advance(30_000);
    for (const id of ids) expect(await world.row(id)).toMatchObject({ state: 'done', attempts: 2 });
    give('deaf', { outcome: 'done', acts: [note('too late')] });
    await world.settle();
    expect(await notes()).toEqual([]);
    expect(world.deliverer.busy()).toBe(false);
  });

  it.each(['thrown', 'rejected'])('with a bug (%s) is told, tried again, and never stops the next', async (how) => {
    await open({ buried: () => note('dead') });
    answers((name) => {
      if (name !== 'buggy') return DONE;
      if (how === 'thrown') throw new TypeError('a bug');
      return Promise.reject(new TypeError('a bug'));
    });
    const buggy = await owe(notify('buggy'));
    const next = await owe(notify('next'));
    expect(await world.row(next)).toMatchObject({ state: 'done' });
    await world.advance(600_000);
    expect(await world.row(buggy)).toMatchObject({ state: 'dead', attempts: LANE_RULES.pages.attemptsMax });
    expect(world.bugs).toHaveLength(LANE_RULES.pages.attemptsMax);
    expect(await notes()).toEqual(['dead']);
    expect(world.seen.find(({ effect }) => effect === buggy)).toMatchObject({ outcome: 'bug', reason: 'unknown' });
  });

  it('is seen with its outcome, its reason and how late it was', async () => {
    await open();
    answers((_name, { number }) => (number === 1 ? { ...down, afterMs: 4_000 } : DONE));
    const id = await owe(say('hello'));
    await world.advance(4_000);
    expect(world.seen.filter(({ effect }) => effect === id)).toEqual([
      { effect: id, kind: 'room.say', lane: 'chat', outcome: 'retry', reason: 'server', detail: 'answered 503', lateMs: 0 },
      { effect: id, kind: 'room.say', lane: 'chat', outcome: 'done', reason: null, detail: null, lateMs: 4_000 },
    ]);
  });
});
