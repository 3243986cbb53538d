import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerEntries } from '../../src/engine/history.ts';
import type { Randomness } from '../../src/kit/randomness.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { verify } from '../../src/ledger/verify.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { type OwnServer, startPostgres } from '../support/postgres.ts';
import { type OwnRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';
import { startClients } from './clients.ts';
import { type Count, count } from './count.ts';
import { mountSmallDisk, type SmallDisk } from './disk.ts';
import { type Phones, startPhones } from './phones.ts';
import { type KeptReplica, keepReplica, pauseMs } from './replicas.ts';

/** Two replicas as processes, PostgreSQL, Redis and phones, on one machine. */
export interface World {
  readonly replicas: readonly [KeptReplica, KeptReplica];
  readonly postgres: OwnServer;
  /** The small disk PostgreSQL is on; null where none can be made. */
  readonly disk: SmallDisk | null;
  readonly redis: OwnRedis;
  flushRedis(): Promise<void>;
  readonly phones: Phones;
  readonly chance: Randomness;
  /** Lets people give commands while `fault` happens, waits until all is quiet, and counts. */
  during(name: string, fault: () => Promise<void>, copies?: number): Promise<Count>;
  stop(): Promise<void>;
}

const SECRET = 'faults-share-it-0123456789abcdef0123';
/** Before the fault and after it people go on for so long. */
const CALM_MS = 1_500;
/** Everything that was owed is kept this soon after the fault is over, or counts as not kept. */
const QUIET_MS_MAX = 90_000;
const LOOK_MS = 250;

export async function startWorld(seed: number): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'allclear-faults-'));
  const phones = await startPhones();
  const disk = mountSmallDisk();
  const postgres = await (disk === null ? startPostgres() : disk.inside(startPostgres));
  const redis = await startRedis();
  if (postgres.own === null || redis.own === null) throw new Error('unset DATABASE_URL and REDIS_URL: these servers are killed and frozen');
  const database = await postgres.createDatabase();
  const config = join(directory, 'allclear.yaml');
  writeFileSync(config, company(phones.farEnd.url));
  const chance = seededRandomness(seed);
  const variables = {
    ALLCLEAR_CONFIG: config,
    ALLCLEAR_SECRET: SECRET,
    DATABASE_URL: database,
    REDIS_URL: redis.url,
    HTTP_ALLOW: new URL(phones.farEnd.url).host,
    WEBHOOK_SECRET: 'fake-phones-0123456789',
    LOG_LEVEL: 'silent',
  };
  const replicas = [keepReplica('one', join(directory, 'one'), variables), keepReplica('two', join(directory, 'two'), variables)] as const;
  await Promise.all(replicas.map((replica) => replica.ready()));
  const ledger = createReader(database);
  return {
    replicas,
    postgres: postgres.own,
    disk,
    redis: redis.own,
    flushRedis: () => (redis as RedisServer).flush(),
    phones,
    chance,
    async during(name, fault, copies = 1) {
      const since = phones.calls.length;
      const after = (await ledger.entries(0)).length;
      const clients = startClients({ replicas, chance, witness: join(directory, `${name}.witness`), name, copies });
      await pauseMs(CALM_MS);
      await fault();
      await pauseMs(CALM_MS);
      await clients.stop();
      const look = async (): Promise<Count> => count(clients.acknowledged, await ledger.entries(after), phones.calls.slice(since));
      return untilQuiet(look, replicas);
    },
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await Promise.all([postgres.stop(), redis.stop(), phones.farEnd.close()]);
      disk?.unmount();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilQuiet(look: () => Promise<Count>, replicas: readonly KeptReplica[]): Promise<Count> {
  const until = Date.now() + QUIET_MS_MAX;
  for (;;) {
    const isReady = (await Promise.all(replicas.map(readiness))).every((status) => status === 'ready');
    const found = await look().catch(() => null);
    if (found !== null && isReady && found.lost === 0 && found.pagesDelivered === found.pagesDue) return look();
    if (Date.now() > until) return found ?? look();
    await pauseMs(LOOK_MS);
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

/** Reads the ledger as an auditor would, on connections of its own each time: the server may have been away. */
function createReader(database: string): { entries(after: number): Promise<readonly Entry[]> } {
  return {
    async entries(after) {
      const { store } = await openPostgresStore(database, { broken: () => undefined, replica: 'auditor' });
      try {
        const entries: Entry[] = [];
        for await (const page of ledgerEntries(store)) entries.push(...page);
        const [broken] = verify(entries).faults;
        if (broken !== undefined) throw new Error(`the chain is broken at entry ${broken.position}: ${broken.explanation}`);
        return entries.slice(after);
      } finally {
        await store.close();
      }
    },
  };
}

/** One rung, one way: each incident owes one call, and nobody answers it. */
function company(phones: string): string {
  return `
organization: Faults on purpose
timeZone: Europe/Berlin
people:
  ana: { name: Ana Lima, rank: admin, webhook: ${phones}/ana, notify: { high: [{ pager: webhook }], low: [{ pager: webhook }] } }
  bo: { name: Bo Berg, rank: commander, webhook: ${phones}/bo, notify: { high: [{ pager: webhook }], low: [{ pager: webhook }] } }
policies:
  all: { name: All, repeats: 0, levels: [{ targets: [{ person: bo }], timeout: 30m }] }
incidents: { policy: all, unsetSeverityPages: true }
roles: {}
`;
}
