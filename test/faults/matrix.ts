import { connect, type Socket } from 'node:net';
import type { Fault as Refusal } from '../support/slack/slack-edge.ts';
import { findFaketime } from './faketime.ts';
import { type KeptReplica, opened, pauseMs } from './replicas.ts';
import type { Scene, World } from './world.ts';

/** A fault, what it does, and how often it really happened: one that did not happen proves nothing. */
export interface Fault {
  readonly name: string;
  readonly does: string;
  readonly copies?: number;
  /** Where it is played; `plain` when it says nothing. */
  readonly scene?: Scene;
  /** Answers how often it was injected. */
  readonly inject: (world: World, kills: number) => Promise<number>;
}

/** Lives at least so long: a replica that only ever starts is another test. */
const KILL_EVERY_MS = { least: 200, most: 1_200 };
const OUTAGE_MS = 4_000;
const SHORT_MS = 500;

export const FAULTS: readonly Fault[] = [
  { name: 'kill-9', does: '`kill -9` of a replica at random', inject: killReplicas },
  { name: 'pause', does: 'SIGSTOP of a replica for 4 s', inject: pauseReplica },
  { name: 'redis-flush', does: 'Redis `FLUSHALL` every half second', inject: repeat(8, (world) => world.flushRedis()) },
  {
    name: 'redis-restart',
    does: 'Redis killed, back after 2 s',
    inject: async ({ redis }) => {
      await redis.crash();
      await pauseMs(OUTAGE_MS / 2);
      await redis.start();
      return 1;
    },
  },
  { name: 'redis-frozen', does: 'Redis SIGSTOP for 4 s', inject: ({ redis }) => frozen(redis) },
  {
    name: 'postgres-restart',
    does: 'PostgreSQL killed and started, 3 times',
    inject: repeat(3, async ({ postgres }) => {
      await postgres.crash();
      await postgres.start();
      await pauseMs(SHORT_MS);
    }),
  },
  {
    name: 'postgres-away',
    does: 'PostgreSQL away for 8 s: declared and paged from the spools',
    inject: async ({ postgres }) => {
      await postgres.crash();
      await pauseMs(2 * OUTAGE_MS);
      await postgres.start();
      return 1;
    },
  },
  {
    name: 'postgres-away-kill',
    does: 'PostgreSQL away for 8 s, and `kill -9` of both replicas in it',
    inject: async ({ postgres, replicas }) => {
      await postgres.crash();
      await pauseMs(OUTAGE_MS);
      for (const replica of replicas) replica.signal('SIGKILL');
      await pauseMs(OUTAGE_MS);
      await postgres.start();
      await Promise.all(replicas.map((replica) => replica.ready()));
      return 2;
    },
  },
  { name: 'postgres-frozen', does: 'PostgreSQL SIGSTOP for 4 s', inject: ({ postgres }) => frozen(postgres) },
  { name: 'postgres-disk-full', does: 'the disk of PostgreSQL full for 4 s', inject: fullDisk },
  { name: 'pager-429', does: 'the phone gateway answers 429 for 4 s', inject: misbehaving('refuses with 429') },
  { name: 'pager-503', does: 'the phone gateway answers 503 for 4 s', inject: misbehaving('fails with 503') },
  { name: 'pager-black-hole', does: 'the phone gateway answers nothing for 4 s', inject: misbehaving('answers nothing') },
  {
    name: 'slack-429',
    does: 'Slack answers 429 with `Retry-After: 1` for 4 s',
    scene: 'slack',
    inject: slackDoes({ status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': '1' } }),
  },
  { name: 'slack-503', does: 'Slack answers 503 for 4 s', scene: 'slack', inject: slackDoes({ status: 503, body: {} }) },
  { name: 'slack-black-hole', does: 'Slack answers nothing for 4 s', scene: 'slack', inject: slackDoes({ hang: true }) },
  {
    name: 'clock-jump',
    does: 'the wall clock of a replica set an hour ahead, right, an hour back, right',
    scene: 'clock',
    inject: setClock,
  },
  { name: 'slow-loris', does: '200 connections that send a byte a second', inject: slowLoris },
  { name: 'flood', does: '2,000 forged webhooks', inject: flood },
  {
    name: 'duplicates',
    does: 'every delivery three times at once, to any replica',
    copies: 3,
    inject: async () => {
      await pauseMs(OUTAGE_MS);
      return 1;
    },
  },
];

/** Faults of the matrix that this machine cannot make, and why. */
export function cannotRun(): ReadonlyMap<string, string> {
  const why = new Map([['network', 'no partition between processes of one machine; the simulation has them']]);
  if (findFaketime() === null) why.set('clock-jump', "libfaketime is not here (Debian's package faketime)");
  return why;
}

async function killReplicas({ replicas, chance }: World, kills: number): Promise<number> {
  for (let kill = 0; kill < kills; kill += 1) {
    const { least, most } = KILL_EVERY_MS;
    const replica = replicas[chance.fraction() < 0.5 ? 0 : 1];
    await replica.ready();
    await pauseMs(least + chance.fraction() * (most - least));
    replica.signal('SIGKILL');
  }
  await Promise.all(replicas.map((replica) => pauseMs(SHORT_MS).then(() => replica.ready())));
  return kills;
}

async function pauseReplica({ replicas: [one] }: World): Promise<number> {
  one.signal('SIGSTOP');
  await pauseMs(OUTAGE_MS);
  one.signal('SIGCONT');
  return 1;
}

async function frozen(server: { freeze(): void; thaw(): void }): Promise<number> {
  server.freeze();
  await pauseMs(OUTAGE_MS);
  server.thaw();
  return 1;
}

/** Where no small disk can be mounted nothing is injected, and the run says so by being red. */
async function fullDisk({ disk, postgres }: World): Promise<number> {
  if (disk === null) return 0;
  disk.fill();
  await pauseMs(OUTAGE_MS);
  disk.free();
  // A write-ahead log without room ends the server; whoever keeps it starts it again.
  await postgres.crash();
  await postgres.start();
  return 1;
}

function repeat(times: number, once: (world: World) => Promise<void>): Fault['inject'] {
  return async (world) => {
    for (let time = 0; time < times; time += 1) {
      await once(world);
      await pauseMs(SHORT_MS);
    }
    return times;
  };
}

function misbehaving(manner: Parameters<World['phones']['behave']>[0]): Fault['inject'] {
  return async ({ phones }) => {
    const before = phones.refused();
    phones.behave(manner);
    await pauseMs(OUTAGE_MS);
    phones.behave('answers');
    return phones.refused() - before;
  };
}

function slackDoes(refusal: Refusal): Fault['inject'] {
  return async ({ slack }) => {
    if (slack === null) return 0;
    const before = slack.edge.calls.length;
    slack.edge.outage = refusal;
    await pauseMs(OUTAGE_MS);
    slack.edge.outage = null;
    return slack.edge.calls.length - before;
  };
}

const HOUR_MS = 3_600_000;

/** Where the clock cannot be set nothing is injected, and the run is red. */
async function setClock({ wall }: World): Promise<number> {
  if (wall === null) return 0;
  const times = [HOUR_MS, 0, -HOUR_MS, 0];
  for (const aheadMs of times) {
    wall.set(aheadMs);
    await pauseMs(OUTAGE_MS);
  }
  return times.length;
}

const LORISES = 200;
const LORIS_SECONDS = 4;

async function slowLoris({ replicas: [one] }: World): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: LORISES }, () => openTo(one)));
  for (const socket of sockets) socket.write('POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nX-A: ');
  for (let second = 0; second < LORIS_SECONDS; second += 1) {
    for (const socket of sockets) if (socket.writable) socket.write('a');
    await pauseMs(1_000);
  }
  for (const socket of sockets) socket.destroy();
  return sockets.length;
}

async function openTo(replica: KeptReplica): Promise<Socket> {
  const { hostname, port } = new URL(replica.place()?.url ?? '');
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await opened(socket);
  return socket;
}

const FLOOD = 2_000;
const FLOOD_AT_ONCE = 50;

async function flood({ replicas: [one] }: World): Promise<number> {
  const url = `${one.place()?.url}/hooks/alertmanager`;
  const send = () =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"version":"4"}' }).then(
      (response) => response.text(),
      () => '',
    );
  for (let sent = 0; sent < FLOOD; sent += FLOOD_AT_ONCE) await Promise.all(Array.from({ length: FLOOD_AT_ONCE }, send));
  return FLOOD;
}
