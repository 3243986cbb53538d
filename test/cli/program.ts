import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export const PROJECT = join(import.meta.dirname, '../..');
const PROGRAM = join(PROJECT, 'src/bin.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export type Variables = Readonly<Record<string, string>>;

/** What a program gets of our environment: nothing that could change what it does. */
function environment(variables: Variables): Variables {
  return { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), LOG_LEVEL: 'silent', ...variables };
}

/** Runs `allclear …` as its own process until it ends. `node` are options for Node itself. */
export async function allclear(words: readonly string[], variables: Variables = {}, node: readonly string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [...node, PROGRAM, ...words], { cwd: PROJECT, env: environment(variables) });
  return ended(child);
}

async function ended(child: ChildProcess): Promise<Ended> {
  const [out, err] = [child.stdout, child.stderr].map((stream) => gather(stream));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: out?.() ?? '', stderr: err?.() ?? '' };
}

function gather(stream: ChildProcess['stdout']): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

export interface RunningProgram {
  readonly pid: number;
  readonly url: string;
  signal(signal: NodeJS.Signals): void;
  /** Once it has ended, however it did. */
  readonly ended: Promise<Ended>;
  /** SIGTERM, and how it ended. */
  stop(): Promise<Ended & { readonly tookMs: number }>;
  /** What it wrote to its log so far. */
  log(): string;
}

const Ready = z.strictObject({ ready: z.literal(true), url: z.url(), pid: z.int() });

/** Starts a bot on a data directory; answers once it says that it is ready. `project` is the folder of another release. */
export async function startAllclear(dataDirectory: string, variables: Variables = {}, project = PROJECT): Promise<RunningProgram> {
  const env = environment({ ALLCLEAR_DATA: dataDirectory, PORT: '0', ...variables });
  const child = spawn(process.execPath, [join(project, 'src/bin.js'), 'start', '--json'], { cwd: project, env });
  const log = gather(child.stderr);
  const end = ended(child);
  const line = await Promise.race([firstLine(child), end]);
  if (typeof line !== 'string') throw new Error(`the bot ended with ${line.code}: ${line.stderr}`);
  const { url, pid } = Ready.parse(JSON.parse(line));
  return {
    pid,
    url,
    signal: (signal) => void child.kill(signal),
    ended: end,
    async stop() {
      const from = performance.now();
      child.kill('SIGTERM');
      return { ...(await end), tookMs: performance.now() - from };
    },
    log,
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
}

/** A directory of its own, gone after the test; with `copies` of files and folders of the project in it. */
export async function folder(copies: readonly string[] = []): Promise<{ readonly path: string; remove(): void }> {
  const path = mkdtempSync(join(tmpdir(), 'allclear-cli-'));
  for (const name of copies) await cp(join(PROJECT, name), join(path, name), { recursive: true });
  return {
    path,
    remove() {
      if (existsSync(path)) rmSync(path, { recursive: true, force: true });
    },
  };
}
