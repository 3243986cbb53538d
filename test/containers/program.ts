import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Ran {
  /** Null when it was ended by a signal, which is also what running out of time is. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly timeoutMs?: number;
  readonly directory?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Most commands answer in a second; starting and stopping containers takes some more. */
const COMMAND_MS_MAX = 60_000;
/** A build prints a lot. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
/** Of the words of a failed command the last ones say why. */
const LAST_LINES = 12;

/** Runs a program to its end, or kills it when its time is over. Never rejects: not being there is an end too. */
export function run(program: string, words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { timeoutMs = COMMAND_MS_MAX, directory, variables } = options;
  return new Promise((resolve) => {
    const child = execFile(
      program,
      words,
      {
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
        env: { ...process.env, ...variables },
        ...(directory === undefined ? {} : { cwd: directory }),
      },
      (fault, stdout, stderr) => {
        const why = fault !== null && child.exitCode === null ? `\n${fault.message.split('\n')[0]}` : '';
        resolve({ code: fault === null ? 0 : child.exitCode, stdout, stderr: `${stderr}${why}` });
      },
    );
    child.stdin?.end();
  });
}

/** As `run`, and throws unless it ended with 0; answers what it printed. */
export async function must(program: string, words: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(program, words, options);
  if (ran.code === 0) return ran.stdout.trim();
  const said = `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-LAST_LINES).join('\n  ');
  throw new Error(`${program} ${words.join(' ')} ended with ${ran.code ?? 'a signal'}:\n  ${said}`);
}

/** Starts a program that runs beside us; its words are dropped. */
export function startBeside(program: string, words: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
  return spawn(program, words, { env: { ...process.env, ...variables }, stdio: 'ignore' });
}

const LOOK_MS = 250;

/** Asks again until the answer is something; what throws counts as nothing, and is told when time is over. */
export async function until<T>(what: string, timeoutMs: number, ask: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last = '';
  for (;;) {
    const answer = await ask().catch((fault: unknown) => {
      last = fault instanceof Error ? fault.message : String(fault);
      return null;
    });
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`not within ${timeoutMs / 1_000} s: ${what}${last === '' ? '' : ` (${last})`}`);
    await sleep(LOOK_MS);
  }
}
