import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChatPromise, Hear, Platform } from '../../src/engine/ports.ts';
import type { Document } from '../../src/readings/document.ts';
import { openDiscordWorld } from '../support/discord/discord-world.ts';
import { noRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { openSharedPaces, type SharedPaces } from '../support/shared-paces.ts';
import { openSlackWorld } from '../support/slack/slack-world.ts';

const SLOW_MS_MAX = 60_000;
const HELD_MS = 2_000;
const OPEN: ChatPromise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' };
const DOCUMENT: Document = { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'Payments fail' }] }] };
const LIMITED = { status: 429, body: { retry_after: HELD_MS / 1_000 }, headers: { 'retry-after': String(HELD_MS / 1_000) } };
const HEAR: Hear = async () => ({ ok: true, quiet: true, document: { blocks: [] } });

/** Two replicas in one chat world, and what they asked it to post. */
interface Replicas {
  readonly replicas: readonly [Platform, Platform];
  /** The next message of a room is answered with "too many requests". */
  limit(): void;
  posted(): number;
  close(): Promise<void>;
}

// Where no Redis can be had; said aloud, and never in CI.
describe.skipIf(noRedis() !== null)('two replicas on one Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  }, SLOW_MS_MAX);
  afterAll(() => redis.stop());

  async function onSlack([one, two]: SharedPaces): Promise<Replicas> {
    const world = await openSlackWorld(HEAR, { pace: one, editEveryMs: HELD_MS });
    const other = await world.again(HEAR, { pace: two });
    return {
      replicas: [world.platform, other],
      limit: () => world.edge.fault('chat.postMessage', LIMITED),
      posted: () => world.edge.calls.filter(({ method }) => method === 'chat.postMessage').length,
      close: world.close,
    };
  }
  async function onDiscord([one, two]: SharedPaces): Promise<Replicas> {
    const messages = /\/channels\/\d+\/messages$/;
    const world = await openDiscordWorld(HEAR, { pace: one });
    const other = await world.again(HEAR, { pace: two, editEveryMs: HELD_MS });
    return {
      replicas: [world.platform, other],
      limit: () => world.far.fault('POST', messages, LIMITED),
      posted: () => world.far.calls.filter(({ method, path }) => method === 'POST' && messages.test(path)).length,
      close: world.close,
    };
  }

  it.each([
    ['Slack', onSlack],
    ['Discord', onDiscord],
  ])('leave a room of %s alone together when one of them was asked to, and pages go on', { timeout: SLOW_MS_MAX }, async (name, open) => {
    const shared = await openSharedPaces(redis.url, name);
    const world = await open(shared);
    const [one, two] = world.replicas;
    const deliver = (platform: Platform, promise: ChatPromise, key: string) =>
      platform.deliver(promise, { key, number: 1, signal: new AbortController().signal });
    const opened = await deliver(one, OPEN, '1-0');
    const room = opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
    const say = (platform: Platform) => deliver(platform, { kind: 'say', incident: 42, room, document: DOCUMENT }, '2-0');

    world.limit();
    const since = performance.now();
    expect(await say(one)).toMatchObject({ outcome: 'later', reason: 'rate_limited' });
    expect(await say(two)).toMatchObject({ outcome: 'later', reason: 'rate_limited' });
    expect(world.posted()).toBe(1);
    expect(await deliver(two, { kind: 'direct', person: 'bo', document: DOCUMENT, urgent: true }, '3-0')).toEqual({ outcome: 'done' });
    const postedBefore = world.posted();
    await vi.waitFor(async () => expect(await say(two)).toEqual({ outcome: 'done' }), { timeout: 10_000, interval: 50 });
    expect(performance.now() - since).toBeGreaterThanOrEqual(HELD_MS);
    expect(world.posted()).toBe(postedBefore + 1);

    const keep = { kind: 'keep', incident: 42, room, topic: 'SEV1', card: DOCUMENT, digest: DOCUMENT } as const;
    expect(await deliver(two, keep, '4-0')).toEqual({ outcome: 'done' });
    expect(await deliver(one, { ...keep, topic: 'SEV2' }, '5-0')).toMatchObject({
      outcome: 'later',
      detail: 'the card was edited just now',
    });
    await world.close();
    for (const pace of shared) pace.close();
  });
});
