import { afterEach, beforeEach, expect, it } from 'vitest';
import { ASK_MS, heldByOne } from '../../../src/engine/held-platform.ts';
import type { Platform, Reply } from '../../../src/engine/ports.ts';
import type { Lease } from '../../../src/engine/store-port.ts';
import { type DiscordWorld, openDiscordWorld } from '../../support/discord/discord-world.ts';
import { command } from '../../support/discord/interactions.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';

const DONE: Reply = { ok: true, quiet: true, document: { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'Done.' }] }] } };
/** Longer than a thread takes to start on a busy machine. */
const WAIT = { timeout: 15_000, interval: 50 };
const TEST_MS_MAX = 40_000;

interface Replica {
  readonly platform: Platform;
  readonly clock: FakeClock;
  readonly heard: string[];
}

let world: DiscordWorld;
let holder: string;
let replicas: Readonly<Record<'one' | 'two', Replica>>;

/** A platform that listens while its replica has the lease. */
function replica(name: string, platform: Platform): Replica {
  const clock = fakeClock(1_772_420_400_000);
  const lease: Lease = {
    async ask() {
      return holder === name ? 'ours' : 'theirs';
    },
    held: async () => holder === name,
    release: async () => undefined,
  };
  const bug = (fault: unknown): void => void world.bugs.push(fault);
  return { platform: heldByOne(platform, lease, clock, bug), clock, heard: [] };
}

beforeEach(async () => {
  holder = 'one';
  world = await openDiscordWorld(async () => DONE);
  const other = await world.again(async () => DONE);
  for (const platform of [world.platform, other]) await platform.stop();
  replicas = { one: replica('one', world.platform), two: replica('two', other) };
  for (const { platform, heard } of Object.values(replicas))
    await platform.start(async ({ said }) => {
      heard.push(said.kind);
      return DONE;
    });
});
afterEach(async () => {
  for (const { platform } of Object.values(replicas)) await platform.stop();
  await world.close();
  expect(world.far.complaints).toEqual([]);
});

it('the gateway is held by the replica with the lease; the next one goes on with its session', { timeout: TEST_MS_MAX }, async () => {
  const { one, two } = replicas;
  const { gateway } = world.far;
  await expect.poll(() => gateway.connections(), WAIT).toBe(1);
  const lobby = [...world.far.state.channels.keys()][0] ?? '';
  const identifies = gateway.identifies.length;
  await command(world.far, { person: 'ana', channel: lobby }, 'status');
  expect([one.heard.length, two.heard.length]).toEqual([1, 0]);

  holder = 'two';
  await one.clock.advance(ASK_MS, async () => undefined);
  await expect.poll(() => gateway.connections(), WAIT).toBe(0);
  await two.clock.advance(ASK_MS, async () => undefined);
  await expect.poll(() => gateway.connections(), WAIT).toBe(1);
  await command(world.far, { person: 'ana', channel: lobby }, 'status');
  expect([one.heard.length, two.heard.length]).toEqual([1, 1]);
  expect(gateway.identifies).toHaveLength(identifies);

  // Whoever does not listen delivers all the same.
  const page = { kind: 'direct', person: 'bo', document: DONE.document, urgent: true } as const;
  const attempt = { key: '9-0', number: 1, signal: new AbortController().signal };
  expect(await one.platform.deliver(page, attempt)).toEqual({ outcome: 'done' });
});
