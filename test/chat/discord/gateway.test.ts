import { afterEach, describe, expect, it } from 'vitest';
import { identifyWaitMs, waitForIdentify } from '../../../src/chat/discord/identify-pace.ts';
import type { Heard, Reply } from '../../../src/engine/ports.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/kit/duration.ts';
import { type DiscordWorld, openDiscordWorld } from '../../support/discord/discord-world.ts';
import { command, onMessage } from '../../support/discord/interactions.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const DONE: Reply = { ok: true, quiet: true, document: { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'Done.' }] }] } };
/** Longer than a thread takes to start on a busy machine, and the library to come back. */
const WAIT = { timeout: 15_000, interval: 50 };
const TEST_MS_MAX = 40_000;

describe('the gateway', { timeout: TEST_MS_MAX }, () => {
  let world: DiscordWorld;
  let heard: Heard[];
  let broken: boolean;
  async function open(): Promise<string> {
    heard = [];
    broken = false;
    world = await openDiscordWorld(async (one) => {
      if (broken) throw new Error('the store is gone');
      heard.push(one);
      return DONE;
    });
    return openRoom();
  }
  async function openRoom(): Promise<string> {
    const promise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' } as const;
    const opened = await world.platform.deliver(promise, { key: '1-0', number: 1, signal: new AbortController().signal });
    return opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
  }
  const again = () =>
    world.again(async (one) => {
      heard.push(one);
      return DONE;
    });
  const pins = () => heard.flatMap(({ said }) => (said.kind === 'pin' ? [`${said.pinned ? '+' : '-'} ${said.text}`] : []));
  const connected = () => expect.poll(() => world.far.gateway.connections(), WAIT).toBe(1);
  afterEach(async () => {
    await world.close();
    expect(world.far.complaints).toEqual([]);
  });

  it('registers the commands once, and again only when they are others', async () => {
    await open();
    const puts = () => world.far.calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands')).length;
    expect(puts()).toBe(1);
    await again();
    expect(puts()).toBe(1);
    world.far.state.commands = world.far.state.commands.slice(1);
    await again();
    expect(puts()).toBe(2);
    expect(world.far.state.commands.map(({ name }) => name)).toEqual(['incident', 'inc', 'Declare incident from this', 'Add to timeline']);
  });

  it('resumes after it was hung up on, and is told what happened meanwhile', async () => {
    const room = await open();
    const message = world.far.says('bo', room, 'the cause');
    world.far.gateway.drop();
    world.far.reacts('ana', room, message.id, '📌', true);
    await expect.poll(pins, WAIT).toEqual(['+ the cause']);
    expect(world.far.gateway.resumes()).toBe(1);
    expect(world.far.gateway.identifies).toHaveLength(1);
  });

  it('resumes the session after a restart of the bot', async () => {
    const room = await open();
    const message = world.far.says('bo', room, 'the cause');
    await world.platform.stop();
    world.far.reacts('ana', room, message.id, '📌', true);
    await again();
    await expect.poll(pins, WAIT).toEqual(['+ the cause']);
    expect(world.far.gateway.identifies).toHaveLength(1);
  });

  it('looks for pins and unpins by itself when Discord has forgotten the session', async () => {
    const room = await open();
    const [first, second] = [world.far.says('bo', room, 'first'), world.far.says('bo', room, 'second')];
    world.far.reacts('ana', room, first.id, '📌', true);
    await expect.poll(pins, WAIT).toEqual(['+ first']);
    await world.platform.stop();
    world.far.gateway.forgetSessions();
    world.far.reacts('ana', room, first.id, '📌', false);
    world.far.reacts('ana', room, second.id, '📌', true);
    // Discord is ill just then; it is looked at again.
    world.far.fault('GET', /\/messages$/, { status: 503, body: {} });
    await again();
    await expect.poll(() => pins().toSorted(), WAIT).toEqual(['+ first', '+ second', '- first']);
    expect(heard.map(({ person }) => person)).toEqual(['ana', 'ana', 'ana']);
  });

  it('follows edits and deletions it was not told, and keeps what was taken by the menu', async () => {
    const room = await open();
    const [changed, deleted, taken] = ['first', 'second', 'third'].map((text) => world.far.says('bo', room, text));
    if (changed === undefined || deleted === undefined || taken === undefined) throw new Error('three were said');
    for (const { id } of [changed, deleted]) world.far.reacts('ana', room, id, '📌', true);
    await onMessage(world.far, { person: 'ana', channel: room }, 'Add to timeline', { ...taken, reactions: [] });
    await expect.poll(() => pins().toSorted(), WAIT).toEqual(['+ first', '+ second', '+ third']);
    await world.platform.stop();
    world.far.gateway.forgetSessions();
    heard.length = 0;
    world.far.edits(room, changed.id, 'first, corrected');
    const channel = world.far.state.channels.get(room);
    if (channel !== undefined) channel.messages = channel.messages.filter(({ id }) => id !== deleted.id);
    for (const _time of [1, 2]) {
      await again();
      await expect.poll(() => world.notes.get('behind'), WAIT).toBeNull();
    }
    expect(heard.map(({ said }) => said)).toEqual(
      expect.arrayContaining([
        { kind: 'edited', message: changed.id, text: 'first, corrected' },
        { kind: 'edited', message: deleted.id, text: null },
      ]),
    );
    expect(heard).toHaveLength(2);
  });

  it('changes nothing twice when the gateway tells a thing again', async () => {
    const room = await open();
    const message = world.far.says('bo', room, 'the cause');
    world.far.reacts('ana', room, message.id, '📌', true);
    world.far.gateway.repeat();
    world.far.reacts('ana', room, message.id, '📌', false);
    await expect.poll(pins, WAIT).toEqual(['+ the cause', '- the cause']);
    world.far.gateway.repeat();
    await command(world.far, { person: 'ana', channel: room }, 'ack');
    expect(heard).toHaveLength(3);
  });

  it('hears at the next start what was told and never worked on', async () => {
    const room = await open();
    const message = world.far.says('bo', room, 'the cause');
    broken = true;
    world.far.reacts('ana', room, message.id, '📌', true);
    await expect.poll(() => world.bugs.length, WAIT).toBe(1);
    await world.platform.stop();
    await again();
    expect(pins()).toEqual(['+ the cause']);
    await again();
    expect(pins()).toEqual(['+ the cause']);
  });

  it('comes back when its thread dies, while rooms and pages go on', async () => {
    const room = await open();
    world.platform.endThread();
    await expect.poll(() => world.far.gateway.connections(), WAIT).toBe(0);
    const page = { kind: 'direct', person: 'bo', document: DONE.document, urgent: true } as const;
    expect(await world.platform.deliver(page, { key: '9-0', number: 1, signal: new AbortController().signal })).toEqual({
      outcome: 'done',
    });
    await connected();
    await command(world.far, { person: 'ana', channel: room }, 'ack');
    expect(heard).toHaveLength(1);
    expect(world.far.gateway.identifies).toHaveLength(1);
  });

  it('goes on without the words of messages when that intent is not switched on', async () => {
    await open();
    await world.platform.stop();
    world.far.gateway.forgetSessions();
    world.far.gateway.refuse(4_014, 1);
    await again();
    const CONTENT = 1 << 15;
    const asked = () => world.far.gateway.identifies.map(({ intents }) => (intents & CONTENT) !== 0);
    await expect.poll(asked, WAIT).toEqual([true, true, false]);
    await connected();
    expect(world.bugs.map(String).join()).toContain('disallowed intents');
  });

  it('starts although the token is refused, and comes back when it is good again', async () => {
    await open();
    await world.platform.stop();
    world.far.gateway.forgetSessions();
    world.far.gateway.refuse(4_004, 1);
    await again();
    await expect.poll(() => world.far.gateway.identifies.length, WAIT).toBe(3);
    await connected();
  });
});

describe('the pace of identifying', () => {
  const NOW = 1_772_420_400_000;

  it('is free at first, then slower each time, and never so quick that a day has a thousand', () => {
    const times: number[] = [];
    let now = NOW;
    while (now < NOW + 24 * HOUR_MS) {
      now += identifyWaitMs(times, now);
      times.push(now);
    }
    expect(times.length).toBeLessThan(600);
    expect(times.slice(0, 5)).toEqual([NOW, NOW, NOW, NOW, NOW]);
    expect((times[6] ?? 0) - (times[5] ?? 0)).toBeGreaterThan((times[5] ?? 0) - (times[4] ?? 0));
    expect(identifyWaitMs(times, now + 2 * HOUR_MS)).toBe(0);
  });

  it('is kept over restarts', async () => {
    const clock = fakeClock(NOW);
    const kept = new Map<string, string>();
    const notes = {
      get: async (key: string) => kept.get(key) ?? null,
      put: async (key: string, value: string) => void kept.set(key, value),
    };
    for (let number = 1; number <= 5; number += 1) await waitForIdentify(notes, clock);
    let isFree = false;
    const waiting = waitForIdentify(notes, clock).then(() => {
      isFree = true;
    });
    await clock.advance(4 * SECOND_MS, async () => undefined);
    expect(isFree).toBe(false);
    await clock.advance(MINUTE_MS, async () => undefined);
    await waiting;
    expect(JSON.parse(kept.get('identifies') ?? '[]')).toHaveLength(6);
  });
});
