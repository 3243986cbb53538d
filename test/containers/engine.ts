import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must, type Ran, type RunOptions, run, startBeside, until } from './program.ts';

/** Podman on images, containers, networks and volumes of its own: nothing of ours meets what this machine runs otherwise. */
export interface Engine {
  podman(words: readonly string[], options?: RunOptions): Promise<string>;
  /** As `podman`, for those whose failing is an answer. */
  ask(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** What Docker's own programs need in their environment to talk to it. */
  readonly variables: Readonly<Record<string, string>>;
  /** How it had to be told to run containers here. */
  readonly manner: string;
  /** Where no systemd is there are no timers that ask containers for their health. */
  readonly isHealthAskedHere: boolean;
  stop(): Promise<void>;
}

export interface LearningEngine extends Engine {
  /** Tries `image` in each manner; from then on containers run and the API is there. */
  learnToRun(image: string): Promise<void>;
}

interface Manner {
  readonly name: string;
  readonly limited: boolean;
  readonly runtime: 'crun' | 'runc' | null;
}

/** From what every machine can do to what needs to be said on a machine that is a container itself. The first that works is taken. */
const MANNERS: readonly Manner[] = [
  { name: 'as installed', limited: false, runtime: null },
  { name: 'with limits no higher than our own', limited: true, runtime: null },
  { name: 'with limits no higher than our own, and runc instead of crun', limited: true, runtime: 'runc' },
];
/** What a machine may forbid to be raised: enough for a database, and below what any of them has. */
const LIMITS = '["nofile=16384:16384", "nproc=16384:16384"]';
const START_MS_MAX = 15_000;
const STOP_MS_MAX = 120_000;
/** Paths of sockets are at most 107 characters long, so the folder must not be deep. */
const SOCKET = 'podman.sock';

/** Podman below a folder; it cannot run anything until `learnToRun`. */
export async function openEngine(home: string): Promise<LearningEngine> {
  const isHealthAskedHere = !existsSync('/run/systemd/system');
  const storage = join(home, 'storage.conf');
  const configuration = join(home, 'containers.conf');
  const socket = join(home, SOCKET);
  const variables = {
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_CONF: configuration,
    DOCKER_HOST: `unix://${socket}`,
    // Images are built beforehand, by Podman.
    DOCKER_BUILDKIT: '0',
    ...(isHealthAskedHere ? { DISABLE_HC_SYSTEMD: 'true' } : {}),
  };
  await writeFile(storage, `[storage]\ndriver = "overlay"\ngraphroot = "${home}/images"\nrunroot = "${home}/run"\n`);
  const ask = (words: readonly string[], options: RunOptions = {}) =>
    run('podman', words, { ...options, variables: { ...variables, ...options.variables } });
  const podman = (words: readonly string[], options: RunOptions = {}) =>
    must('podman', words, { ...options, variables: { ...variables, ...options.variables } });
  const settle = (manner: Manner) => writeFile(configuration, configurationOf(home, manner));
  await mkdir(join(home, 'networks'), { recursive: true });
  let manner = MANNERS[0] as Manner;
  await settle(manner);
  let service: ReturnType<typeof startBeside> | null = null;
  return {
    podman,
    ask,
    variables,
    isHealthAskedHere,
    get manner() {
      return manner.name;
    },
    async learnToRun(image) {
      manner = await firstThatRuns(image, settle, ask);
      service = startBeside('podman', ['system', 'service', '--time=0', `unix://${socket}`], variables);
      await until('the API of Podman answers', START_MS_MAX, async () => (existsSync(socket) ? true : null));
    },
    async stop() {
      await ask(['pod', 'rm', '--all', '--force', '--time', '2'], { timeoutMs: STOP_MS_MAX });
      await ask(['rm', '--all', '--force', '--time', '2'], { timeoutMs: STOP_MS_MAX });
      await ask(['volume', 'prune', '--force']);
      await ask(['network', 'prune', '--force']);
      service?.kill('SIGTERM');
      await endMonitors(home);
      await rm(socket, { force: true });
    },
  };
}

async function firstThatRuns(
  image: string,
  settle: (manner: Manner) => Promise<void>,
  ask: (words: readonly string[]) => Promise<Ran>,
): Promise<Manner> {
  const words: string[] = [];
  for (const manner of MANNERS) {
    await settle(manner);
    const ran = await ask(['run', '--rm', '--memory', '64m', '--entrypoint', '/bin/true', image]);
    if (ran.code === 0) return manner;
    words.push(`${manner.name}: ${ran.stderr.trim().split('\n').at(-1)}`);
  }
  throw new Error(`Podman cannot run a container on this machine:\n  ${words.join('\n  ')}`);
}

function configurationOf(home: string, { limited, runtime }: Manner): string {
  return [
    '[containers]',
    ...(limited ? [`default_ulimits = ${LIMITS}`] : []),
    '[network]',
    `network_config_dir = "${home}/networks"`,
    '[engine]',
    'cgroup_manager = "cgroupfs"',
    `tmp_dir = "${home}/run/libpod"`,
    ...(runtime === null ? [] : [`runtime = "${runtime}"`]),
    '',
  ].join('\n');
}

/**
 * For every command in a container the API leaves a process behind that waits five minutes and then tells Podman to clean up,
 * which would make the storage anew that was removed meanwhile.
 */
async function endMonitors(home: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (words[0]?.endsWith('/conmon') !== true || !words.some((word) => word.startsWith(`${home}/`))) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (fault) {
      // It may have ended by itself since.
      if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
    }
  }
}

/** Asks containers for their health every so often where no systemd does; answers how to end it. */
export function startHealthTimer(engine: Engine): () => Promise<void> {
  let ended = !engine.isHealthAskedHere;
  const loop = (async () => {
    while (!ended) {
      const { stdout } = await engine.ask(['ps', '--format', '{{.Names}}']);
      await Promise.all(
        stdout
          .split('\n')
          .filter((name) => name !== '')
          .map((name) => engine.ask(['healthcheck', 'run', name])),
      );
      await new Promise((resolve) => setTimeout(resolve, HEALTH_MS));
    }
  })();
  return async () => {
    ended = true;
    await loop;
  };
}

/** As often as the quickest of compose.yaml asks. */
const HEALTH_MS = 5_000;
