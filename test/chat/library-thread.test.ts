import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { threadDiscordLibrary } from '../../src/chat/discord/threaded-library.ts';
import { threadSlackLibrary } from '../../src/chat/slack/threaded-library.ts';
import type { Attempt, ChatPromise, Heard, Platform, Reply } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { createHttpClient } from '../../src/kit/http.ts';
import { webhookPager } from '../../src/pagers/webhook.ts';
import { noticeTo, person } from '../contract/pager-contract.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type DiscordWorld, openDiscordWorld } from '../support/discord/discord-world.ts';
import { command } from '../support/discord/interactions.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';
import { slashCommand } from '../support/slack/payloads.ts';
import { readMessage } from '../support/slack/seen.ts';
import { openSlackWorld, type SlackWorld } from '../support/slack/slack-world.ts';

const DONE: Reply = { ok: true, quiet: true, document: saying('Done.').document };
/** Longer than a thread takes to start on a busy machine. */
const WAIT = { timeout: 20_000, interval: 50 };
const TEST_MS_MAX = 60_000;
const http = createHttpClient({ allow: ['127.0.0.1'] });
const BRITTLE = new URL('../support/slack/brittle-service.ts', import.meta.url);

function saying(text: string): Extract<ChatPromise, { kind: 'direct' }> {
  return { kind: 'direct', person: 'bo', document: { blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }] }, urgent: true };
}
function attempt(key: string, rest: Partial<Attempt> = {}): Attempt {
  return { key, number: 1, signal: AbortSignal.timeout(TEST_MS_MAX), ...rest };
}
async function openRoom(platform: Platform): Promise<string> {
  const promise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' } as const;
  const opened = await platform.deliver(promise, attempt('1-0'));
  return opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
}

describe('a chat library in a thread of its own', { timeout: TEST_MS_MAX }, () => {
  let heard: Heard[];
  let answer: () => Promise<Reply>;
  const workers = new Map<string, Worker>();
  const remember = (worker: Worker): void => void workers.set(worker.threadName ?? '', worker);
  const hear = async (one: Heard): Promise<Reply> => {
    heard.push(one);
    return answer();
  };
  beforeEach(() => {
    heard = [];
    answer = async () => DONE;
    process.on('worker', remember);
  });
  afterEach(() => void process.off('worker', remember));

  describe('of Slack', () => {
    let world: SlackWorld;
    let room: string;
    let phone: HttpFarEnd;
    beforeEach(async () => {
      phone = await httpFarEnd();
      world = await openSlackWorld(hear, {}, (options) => threadSlackLibrary(options, { module: BRITTLE, beatMs: 500 }));
      room = await openRoom(world.platform);
    });
    afterEach(async () => {
      await Promise.all([world.close(), phone.close()]);
      expect(world.edge.complaints).toEqual([]);
    });
    const types = (number: number) => world.sends(slashCommand(world, 'ana', room, 'ack', `trigger-${number}`, `response-${number}`));
    const told = async (number: number) => readMessage((await world.edge.shown(({ name }) => name === `response-${number}`)).body);
    const sent = () => world.edge.calls.filter(({ method }) => method === 'chat.postMessage').length;

    it('opens rooms, writes to people, and answers those who ask', async () => {
      expect(room).not.toBe('');
      expect(await world.platform.deliver(saying('You are being paged'), attempt('2-0'))).toEqual({ outcome: 'done' });
      expect(await world.platform.groups('ana')).toEqual([]);
      const shown = told(1);
      expect(await types(1)).toEqual({ status: 200, text: '' });
      expect(await shown).toBe('Done.');
      expect(heard).toMatchObject([{ person: 'ana', incident: 42, key: 'slack-trigger-1' }]);
    });

    it('sends nothing for which the lease is over when it gets there', async () => {
      expect(await world.platform.deliver(saying('late'), attempt('3-0', { leftMs: () => -1 }))).toMatchObject({ outcome: 'later' });
      expect(await world.platform.deliver(saying('in time'), attempt('4-0', { leftMs: () => MINUTE_MS }))).toEqual({ outcome: 'done' });
      expect(sent()).toBe(1);
    });

    it.each([
      ['throws where nobody can catch it', () => void world.platform.groups('throws').catch(() => undefined)],
      ['hangs', () => void world.platform.groups('hangs').catch(() => undefined)],
      ['is killed', () => void workers.get('slack')?.terminate()],
    ])('is followed by another when it %s, and loses nothing of what was said meanwhile', async (_how, strike) => {
      const gate = Promise.withResolvers<Reply>();
      answer = () => gate.promise;
      const shown = [told(1), told(2)];
      await types(1);
      await expect.poll(() => heard.length, WAIT).toBe(1);
      const before = workers.get('slack');
      const ended = new Promise((resolve) => before?.once('exit', resolve));
      strike();
      const paged = world.platform.deliver(saying('paged meanwhile'), attempt('5-0'));
      // Acknowledged at once, although nobody is there to work on it.
      expect(await types(2)).toEqual({ status: 200, text: '' });
      // Nor does anybody else who has to be woken wait for it.
      const page = webhookPager({ http, clock: systemClock, catalog: () => exampleCatalog, secret: null });
      expect(await page.page(noticeTo({ ...person, webhook: phone.url }), attempt('7-0'))).toEqual({ outcome: 'done' });
      await ended;
      gate.resolve(DONE);
      expect((await paged).outcome).toBeOneOf(['done', 'unknown']);
      expect(await Promise.all(shown)).toEqual(['Done.', 'Done.']);
      expect(await world.platform.deliver(saying('paged again'), attempt('6-0'))).toEqual({ outcome: 'done' });
      expect(heard.map(({ key }) => key)).toEqual(['slack-trigger-1', 'slack-trigger-2']);
      expect(workers.get('slack')).not.toBe(before);
    });
  });

  describe('of Discord', () => {
    let world: DiscordWorld;
    let room: string;
    beforeEach(async () => {
      world = await openDiscordWorld(hear, {}, threadDiscordLibrary);
      room = await openRoom(world.platform);
    });
    afterEach(async () => {
      await world.close();
      expect(world.far.complaints).toEqual([]);
    });

    it('opens rooms, writes to people, and answers those who ask, also after it was killed', async () => {
      expect(await world.platform.deliver(saying('You are being paged'), attempt('2-0'))).toEqual({ outcome: 'done' });
      expect(await world.platform.groups('nobody')).toEqual([]);
      await command(world.far, { person: 'ana', channel: room }, 'ack');
      await workers.get('discord')?.terminate();
      await command(world.far, { person: 'ana', channel: room }, 'status');
      expect(heard).toMatchObject([
        { person: 'ana', incident: 42, said: { kind: 'form', command: 'ack' } },
        { person: 'ana', incident: 42, said: { kind: 'form', command: 'status' } },
      ]);
      expect(await world.platform.deliver(saying('paged again'), attempt('6-0'))).toEqual({ outcome: 'done' });
      // The gateway has a thread of its own and never noticed.
      expect(world.far.gateway.identifies).toHaveLength(1);
    });
  });
});
