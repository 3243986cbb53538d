import { createServer } from 'node:net';
import { freePort } from '../support/free-port.ts';
import type { Engine } from './engine.ts';
import { until } from './program.ts';
import type { ProjectCopy } from './project.ts';
import { expect } from './report.ts';

/** The program as the image has it; the README tells people these words. */
export const ALLCLEAR = ['allclear'];

/** Above what a replica needs to be ready on a busy machine, with the health of a database to wait for. */
const READY_MS_MAX = 60_000;
const ANSWER_MS_MAX = 10_000;

/** One replica of the service, by the number Compose gives it. */
export interface Bot {
  readonly index: number;
  /** Where this machine reaches it. */
  readonly url: string;
  readonly container: string;
  /** Runs a program of the container in it, as its user. */
  exec(words: readonly string[]): Promise<string>;
  /** A command line, as the README says it; answers the reply, and throws when it was refused. */
  say(person: string, words: string, incident?: number): Promise<string>;
}

export async function botsOf(project: ProjectCopy, engine: Engine, count: number): Promise<readonly Bot[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => botOf(project, engine, at + 1)));
}

async function botOf(project: ProjectCopy, engine: Engine, index: number): Promise<Bot> {
  const published = await project.compose(['port', '--index', String(index), 'allclear', '3000']);
  const container = await engine.podman(['inspect', '--format', '{{.Name}}', `${project.name}-allclear-${index}`]);
  const exec = (words: readonly string[]) => project.compose(['exec', '--no-TTY', '--index', String(index), 'allclear', ...words]);
  return {
    index,
    url: `http://${published}`,
    container,
    exec,
    say: (person, words, incident) =>
      exec([...ALLCLEAR, 'say', '--as', person, ...(incident === undefined ? [] : ['--incident', String(incident)]), words]),
  };
}

export interface Health {
  readonly status: string;
  readonly checks?: Readonly<Record<string, string>>;
}

/** What a probe gets, as long as it is 200. */
export async function health(url: string, path: '/healthz' | '/readyz', timeoutMs = ANSWER_MS_MAX): Promise<Health> {
  const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
  const body = (await response.json()) as Health;
  expect(response.status === 200, `${path} answered ${response.status} ${JSON.stringify(body)}`);
  return body;
}

/** Until both probes answer well. */
export function ready(url: string): Promise<Health> {
  return until(`${url} is ready`, READY_MS_MAX, async () => {
    await health(url, '/healthz');
    const found = await health(url, '/readyz');
    return found.status === 'ready' ? found : null;
  });
}

/** Until Compose itself calls the container healthy, by what the image or compose.yaml say is healthy. */
export function healthy(engine: Engine, container: string): Promise<string> {
  return until(`${container} is healthy`, READY_MS_MAX, async () => {
    const state = await engine.podman(['inspect', '--format', '{{.State.Health.Status}}', container]);
    return state === 'healthy' ? state : null;
  });
}

/** `kill -9` from outside of the container, as the kernel does it when memory runs out. */
export async function crash(engine: Engine, container: string): Promise<void> {
  const pid = await engine.podman(['inspect', '--format', '{{.State.Pid}}', container]);
  expect(/^[1-9]\d*$/.test(pid), `${container} does not run`);
  process.kill(Number(pid), 'SIGKILL');
}

export async function startedAt(engine: Engine, container: string): Promise<string> {
  return engine.podman(['inspect', '--format', '{{.State.StartedAt}} {{.State.Running}}', container]);
}

/** Until the container runs again by its own restart policy; `before` is what `startedAt` said of the life that ended. */
export function restarted(engine: Engine, container: string, before: string): Promise<true> {
  return until(`${container} runs again`, READY_MS_MAX, async () => {
    const now = await startedAt(engine, container);
    return now !== before && now.endsWith('true') ? true : null;
  });
}

/** What a locked-down container may not do, seen from inside of it. */
export async function checkConfinement(bot: Pick<Bot, 'exec'>): Promise<string> {
  const status = await bot.exec(['cat', '/proc/1/status']);
  const line = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  expect(line('Uid').split(/\s+/)[1] === '1000', `the bot runs as user ${line('Uid')}`);
  expect(BigInt(`0x${line('CapBnd')}`) === 0n && BigInt(`0x${line('CapEff')}`) === 0n, `it has capabilities: ${line('CapBnd')}`);
  expect(line('NoNewPrivs') === '1', 'it may gain privileges');
  const writable = await bot.exec([
    'sh',
    '-c',
    'for place in /app /app/src /usr/local/bin /etc /data /tmp; do if touch $place/written 2>/dev/null; then rm $place/written; echo $place; fi; done',
  ]);
  expect(writable.split('\n').join(' ') === '/data /tmp', `it can write into ${writable.split('\n').join(' ')}`);
  return 'user 1000, no capabilities, writes into /data and /tmp only';
}

/** What the bot complained about: lines of its log from `warn` on. */
export function complaintsIn(log: string): readonly string[] {
  return log
    .split('\n')
    .map((line) => line.slice(Math.max(0, line.indexOf('{'))))
    .filter((line) => /^\{"level":(?:"(?:warn|error|fatal)"|[456]0)/.test(line));
}

/** Ports of this machine, one after the other, that nobody listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  return until('ports are free', ANSWER_MS_MAX, async () => {
    const first = await freePort();
    const ports = Array.from({ length: count }, (_, at) => first + at);
    return (await Promise.all(ports.map(isFree))).every(Boolean) ? ports : null;
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listening) await new Promise((resolve) => server.close(resolve));
  return listening;
}
