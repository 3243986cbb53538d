import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Randomness } from '../../src/kit/randomness.ts';
import type { Variables } from '../cli/program.ts';
import { type OwnServer, startPostgres } from '../support/postgres.ts';
import { type OwnRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';
import { BOT_TOKEN, openSlackWorkspace, SIGNING_SECRET, type SlackWorkspace } from '../support/slack/slack-workspace.ts';
import { type Acknowledged, startClients } from './clients.ts';
import { company } from './company.ts';
import { type Count, count, isKept } from './count.ts';
import { mountSmallDisk, type SmallDisk } from './disk.ts';
import { type FakeWall, fakeWall, findFaketime } from './faketime.ts';
import { createReader } from './ledger.ts';
import { type Phones, startPhones } from './phones.ts';
import { type KeptReplica, keepReplica, pauseMs } from './replicas.ts';
import { countRooms } from './rooms.ts';

/** What a fault needs besides two replicas: a wall clock that can be set, or Slack. Either costs time, so it is there only for those. */
export type Scene = 'plain' | 'clock' | 'slack';

/** Two replicas as processes, PostgreSQL, Redis and phones, on one machine. */
export interface World {
  readonly replicas: readonly [KeptReplica, KeptReplica];
  readonly postgres: OwnServer;
  /** The small disk PostgreSQL is on; null where none can be made. */
  readonly disk: SmallDisk | null;
  readonly redis: OwnRedis;
  flushRedis(): Promise<void>;
  readonly phones: Phones;
  /** The wall clock of the first replica; null but in its scene. */
  readonly wall: FakeWall | null;
  /** Null but in its scene. */
  readonly slack: SlackWorkspace | null;
  readonly chance: Randomness;
  /** Lets people give commands while `fault` happens, waits until all is quiet, and counts. */
  during(name: string, fault: () => Promise<void>, copies?: number): Promise<Count>;
  /** Counts again, at the end, everything that was ever acknowledged. */
  recount(): Promise<Count>;
  stop(): Promise<void>;
}

const SECRET = 'faults-share-it-0123456789abcdef0123';
/** Before the fault and after it people go on for so long. */
const CALM_MS = 1_500;
/** Everything that was owed is kept this soon after the fault is over, or counts as not kept. */
const QUIET_MS_MAX = 90_000;
const LOOK_MS = 250;
/** Between two looks into all rooms. */
const ROOMS_MS = 2_000;
/** A room is a dozen calls: with Slack fewer of them, so that the matrix measures us and not the emulated workspace. */
const DECLARES: Readonly<Record<Scene, number>> = { plain: 0.2, clock: 0.2, slack: 0.03 };

/** People go on until enough was acknowledged, at most for so long after the fault. */
const PATIENCE_MS = 30_000;

export async function startWorld(seed: number, scene: Scene, commandsLeast: number): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'allclear-faults-'));
  const phones = await startPhones();
  const { slack, wall, disk } = await setScene(scene, directory);
  const postgres = await (disk === null ? startPostgres() : disk.inside(startPostgres));
  const redis = await startRedis();
  if (postgres.own === null || redis.own === null) throw new Error('unset DATABASE_URL and REDIS_URL: these servers are killed and frozen');
  const database = await postgres.createDatabase();
  const config = join(directory, 'allclear.yaml');
  writeFileSync(config, company(phones.farEnd.url, slack?.ids ?? null));
  const chance = seededRandomness(seed);
  const variables = {
    ALLCLEAR_CONFIG: config,
    ALLCLEAR_SECRET: SECRET,
    DATABASE_URL: database,
    REDIS_URL: redis.url,
    HTTP_ALLOW: new URL(phones.farEnd.url).host,
    WEBHOOK_SECRET: 'fake-phones-0123456789',
    LOG_LEVEL: 'silent',
    ...(slack === null ? {} : slackVariables(slack)),
  };
  const replica = (name: string, more = {}): KeptReplica => keepReplica(name, join(directory, name), { ...variables, ...more });
  const replicas = [replica('one', wall?.variables), replica('two')] as const;
  await Promise.all(replicas.map((each) => each.ready()));
  const ledger = createReader(database);
  const everything: Acknowledged[] = [];
  const look = async (after: number, acknowledged: readonly Acknowledged[], since: number): Promise<Count> => {
    const entries = await ledger.entries(after);
    const found = count(acknowledged, entries, phones.calls.slice(since));
    // Asking every room is dear: only when nothing else is missing.
    return slack === null || !isKept(found) ? found : { ...found, rooms: await countRooms(slack, entries) };
  };
  return {
    replicas,
    postgres: postgres.own,
    disk,
    redis: redis.own,
    flushRedis: () => (redis as RedisServer).flush(),
    phones,
    wall,
    slack,
    chance,
    async during(name, fault, copies = 1) {
      const since = phones.calls.length;
      const after = await ledger.verified();
      const witness = join(directory, `${name}.witness`);
      const clients = startClients({ replicas, chance, witness, name, copies, declares: DECLARES[scene] });
      await pauseMs(CALM_MS);
      await fault();
      await pauseMs(CALM_MS);
      for (let waitedMs = 0; waitedMs < PATIENCE_MS && clients.acknowledged.length < commandsLeast; waitedMs += LOOK_MS)
        await pauseMs(LOOK_MS);
      await clients.stop();
      everything.push(...clients.acknowledged);
      return untilQuiet(() => look(after, clients.acknowledged, since), replicas, slack === null ? LOOK_MS : ROOMS_MS);
    },
    async recount() {
      await ledger.verified();
      return look(0, everything, 0);
    },
    async stop() {
      await Promise.all(replicas.map((each) => each.stop()));
      await Promise.all([postgres.stop(), redis.stop(), phones.farEnd.close(), slack?.close()]);
      disk?.unmount();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function setScene(scene: Scene, directory: string): Promise<Pick<World, 'slack' | 'wall' | 'disk'>> {
  const library = findFaketime();
  return {
    slack: scene === 'slack' ? await openSlackWorkspace() : null,
    wall: scene === 'clock' && library !== null ? fakeWall(library, directory) : null,
    disk: scene === 'plain' ? mountSmallDisk() : null,
  };
}

function slackVariables({ edge }: SlackWorkspace): Variables {
  return { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET, SLACK_API_URL: edge.apiUrl };
}

async function untilQuiet(look: () => Promise<Count>, replicas: readonly KeptReplica[], everyMs: number): Promise<Count> {
  const until = Date.now() + QUIET_MS_MAX;
  for (;;) {
    const statuses = await Promise.all(replicas.map(readiness));
    const isReady = statuses.every((status) => status === 'ready');
    const found = await look().catch(() => null);
    if (found !== null && isReady && isKept(found)) return look();
    if (Date.now() > until && !isReady)
      throw new Error(`after ${QUIET_MS_MAX / 1_000} s a replica is still not ready: ${statuses.join(', ')}`);
    if (Date.now() > until) return found ?? look();
    await pauseMs(everyMs);
  }
}

async function readiness(replica: KeptReplica): Promise<string> {
  const place = replica.place();
  if (place === null) return 'starting';
  try {
    const response = await fetch(`${place.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return ((await response.json()) as { status: string }).status;
  } catch {
    return 'silent';
  }
}
