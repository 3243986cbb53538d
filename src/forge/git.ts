import { spawn } from 'node:child_process';
import { deadFault, retryFault } from './published.ts';

/** Every git command here works on a small repository of text. */
const GIT_TIMEOUT_MS = 15_000;
/** Answers are object ids and a few words. */
const OUTPUT_CHARS_MAX = 65_536;

export interface GitAnswer {
  readonly code: number;
  /** Without the last line end. */
  readonly output: string;
  readonly complaint: string;
}
export interface GitCall {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}
/** Runs one git command. Answers whatever its exit code; throws a fault when there is no git or no answer in time. */
export type Git = (args: readonly string[], call?: GitCall) => Promise<GitAnswer>;

/**
 * Git on the repository in `gitDirectory` (null for making one), by argument array and without a shell. It sees none of the user's or the
 * system's configuration and none of the caller's GIT_* variables, runs no hooks, and asks nobody anything.
 */
export function gitIn(gitDirectory: string | null, signal: AbortSignal): Git {
  const where = gitDirectory === null ? [] : ['--git-dir', gitDirectory];
  const isolated = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  const settings = ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0'];
  return (args, call = {}) => {
    return run([...where, ...settings, ...args], { ...isolated, ...call.environment }, { input: call.input ?? '', signal });
  };
}

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { input, signal }: { input: string; signal: AbortSignal },
): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(GIT_TIMEOUT_MS)]);
    const child = spawn('git', args, { env, shell: false, stdio: ['pipe', 'pipe', 'pipe'], signal: timeout, killSignal: 'SIGKILL' });
    const output = collect(child.stdout);
    const complaint = collect(child.stderr);
    child.on('error', (error) => {
      if (timeout.aborted) reject(retryFault('timeout', 'git did not answer in time', error));
      else if ('code' in error && error.code === 'ENOENT') reject(deadFault('client', 'git is not installed, or not on the PATH'));
      else reject(retryFault('unknown', `git could not be run: ${error.message}`, error));
    });
    child.on('close', (code) => resolve({ code: code ?? -1, output: output().replace(/\n$/, ''), complaint: complaint() }));
    // A git that ends before it has read everything says so by its exit code; the broken pipe adds nothing.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (text.length < OUTPUT_CHARS_MAX) text += chunk;
  });
  return () => text.slice(0, OUTPUT_CHARS_MAX);
}

/** The output of a command that must succeed; a complaint becomes a fault worth trying again (a lock, a full disk). */
export async function gitOutput(git: Git, args: readonly string[], call?: GitCall): Promise<string> {
  const { code, output, complaint } = await git(args, call);
  if (code === 0) return output;
  throw retryFault('unknown', `git ${args[0] ?? ''} failed: ${complaint}`);
}

/** The output of a command that may find nothing. */
export async function gitMaybe(git: Git, args: readonly string[]): Promise<string | null> {
  const { code, output } = await git(args);
  return code === 0 && output !== '' ? output : null;
}
