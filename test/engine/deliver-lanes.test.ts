import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LANE_RULES } from '../../src/engine/backoff.ts';
import { SEQUENCE_PATIENCE } from '../../src/engine/store-port.ts';
import { type Delivery, DONE, delivery, heldAnswers, keep, notify, say, step } from '../support/delivery.ts';

let world: Delivery;
beforeEach(async () => {
  world = await delivery();
});
afterEach(async () => {
  await world.close();
  expect(world.bugs).toEqual([]);
});

const many = (count: number, name: string): readonly string[] => Array.from({ length: count }, (_unused, index) => `${name} ${index}`);

describe('lanes', () => {
  it('deliver a page while every call to a chat world hangs', async () => {
    const held = heldAnswers();
    world.answers((name, ...rest) => (name.startsWith('stuck') ? held.farEnd(name, ...rest) : DONE));
    await world.owe(...many(LANE_RULES.chat.atOnce + 5, 'stuck').map((name, incident) => say(name, incident + 1)));
    expect(held.waiting()).toHaveLength(LANE_RULES.chat.atOnce);
    await world.owe(notify('wake bo'));
    expect(world.begun.at(-1)).toBe('wake bo');
    expect((await world.states()).at(-1)).toBe('2-0 done');
  });

  it('deliver a page while another one hangs', async () => {
    const held = heldAnswers();
    world.answers((name, ...rest) => (name === 'stuck' ? held.farEnd(name, ...rest) : DONE));
    await world.owe(notify('stuck'));
    await world.owe(notify('wake cy'));
    expect(await world.states()).toEqual(['1-0 claimed', '2-0 done']);
    held.give('stuck', DONE);
    await world.settle();
    expect(await world.states()).toEqual(['1-0 done', '2-0 done']);
  });

  it('begin no more than they have room for, leave the rest to others, and look again when there is room', async () => {
    const held = heldAnswers();
    world.answers(held.farEnd);
    const { atOnce } = LANE_RULES.pages;
    await world.owe(...many(atOnce + 2, 'page').map((name) => notify(name)));
    expect(held.waiting()).toHaveLength(atOnce);
    expect((await world.states()).filter((state) => state.endsWith('pending'))).toHaveLength(2);
    // A full lane waits for room and not for the clock: nothing spins meanwhile.
    expect(await world.deliverer.nextDue('pages')).toBeNull();
    held.give('page 3', DONE);
    await world.settle();
    expect(world.begun.at(-1)).toBe(`page ${atOnce}`);
    for (const name of held.waiting()) held.give(name, DONE);
    await world.settle();
    expect(world.begun).toHaveLength(atOnce + 2);
    expect(world.deliverer.busy()).toBe(true);
    for (const name of held.waiting()) held.give(name, DONE);
    await world.settle();
    expect(world.deliverer.busy()).toBe(false);
  });

  it('ask follow-ups while pages and chat hang', async () => {
    world.answers(heldAnswers().farEnd);
    await world.owe(...many(LANE_RULES.pages.atOnce, 'page').map((name) => notify(name)), say('hello'));
    await world.owe({ kind: 'ask', act: { type: 'no.such-act' } });
    expect((await world.row('2-0')).state).toBe('done');
  });
});

describe('a sequence', () => {
  it('is kept one after another, and holds nobody else up', async () => {
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(say('one'), say('two'), say('three'), say('elsewhere', 2), say('another world', 1, 'slack'));
    expect(world.begun).toEqual(['one', 'elsewhere', 'another world']);
    held.give('one', DONE);
    await world.settle();
    expect(world.begun.slice(3)).toEqual(['two']);
    held.give('two', DONE);
    await world.settle();
    expect(world.begun.slice(4)).toEqual(['three']);
  });

  it('stays in order while the far end fails for a while', async () => {
    let failures = 5;
    const said: string[] = [];
    world.answers((name) => {
      failures -= 1;
      if (failures >= 0) return { outcome: 'retry', reason: 'rate_limited', detail: 'answered 429', afterMs: 700 };
      said.push(name);
      return DONE;
    });
    await world.owe(say('one'), say('two'));
    await world.owe(say('three'));
    await world.advance(60_000);
    expect(said).toEqual(['one', 'two', 'three']);
    expect(await world.states()).toEqual(['1-0 done', '1-1 done', '2-0 done']);
  });

  it('is not held up for ever by one that always fails', async () => {
    world.answers((name) => (name === 'poison' ? { outcome: 'retry', reason: 'server', detail: 'answered 500' } : DONE));
    await world.owe(say('poison'), say('next'));
    await world.advance(60_000);
    expect(world.begun).not.toContain('next');
    await world.advance(120_000);
    expect(world.begun.indexOf('next')).toBe(SEQUENCE_PATIENCE);
  });

  it('goes on when the one before it is dead', async () => {
    world.answers((name) => (name === 'refused' ? { outcome: 'dead', reason: 'client', detail: 'answered 400' } : DONE));
    await world.owe(say('refused'), say('next'));
    expect(await world.states()).toEqual(['1-0 dead', '1-1 done']);
  });

  it('never has two steps of one run under way, but does not wait for one that is to be tried again', async () => {
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(step('drain'), step('undo drain'), step('elsewhere', '2'));
    expect(world.begun).toEqual(['drain-1', 'elsewhere-1']);
    held.give('drain-1', { outcome: 'retry', reason: 'server', detail: 'answered 503' });
    await world.settle();
    expect(world.begun).toEqual(['drain-1', 'elsewhere-1', 'undo drain-1']);
    expect((await world.row('1-0')).state).toBe('pending');
  });
});

describe('cards', () => {
  it('collapse into the newest while nobody has begun one', async () => {
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(keep());
    await world.owe(keep());
    await world.owe(keep());
    await world.owe(keep(2));
    expect(await world.states()).toEqual(['1-0 claimed', '2-0 superseded', '3-0 pending', '4-0 claimed']);
    held.give('room.keep', DONE);
    await world.settle();
    expect(world.begun).toHaveLength(2);
  });

  it('are not lost when the one under way vanishes with its process', async () => {
    world.answers(heldAnswers().farEnd);
    await world.owe(keep());
    await world.owe(keep());
    // The clock of the first stands still, as that of a frozen process does.
    const other = await delivery({ store: world.store });
    await other.advance(LANE_RULES.chat.leaseMs);
    expect(other.begun).toEqual(['room.keep', 'room.keep']);
    expect(await other.states()).toEqual(['1-0 done', '2-0 done']);
    other.deliverer.stop();
  });
});
