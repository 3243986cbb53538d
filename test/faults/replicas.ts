import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProgram, startAllclear, type Variables } from '../cli/program.ts';

/** A replica as a process of its own, started again whenever it ends. */
export interface KeptReplica {
  readonly name: string;
  /** Address and token of the life it lives now; null while it starts. */
  place(): { readonly url: string; readonly token: string } | null;
  signal(signal: NodeJS.Signals): void;
  /** Answers once it is ready, in this life or the next. */
  ready(): Promise<void>;
  lives(): number;
  stop(): Promise<void>;
}

/** A replica that cannot start is tried again after this. */
const AGAIN_MS = 250;

export function keepReplica(name: string, directory: string, variables: Variables): KeptReplica {
  let running: RunningProgram | null = null;
  let lives = 0;
  let stopped = false;
  const waiting: (() => void)[] = [];
  async function live(): Promise<void> {
    while (!stopped) {
      try {
        running = await startAllclear(directory, variables);
      } catch (fault) {
        if (lives === 0) throw fault;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        continue;
      }
      lives += 1;
      for (const tell of waiting.splice(0)) tell();
      await running.ended;
      running = null;
    }
  }
  const living = live();
  living.catch(() => undefined);
  return {
    name,
    place() {
      if (running === null) return null;
      try {
        const { url, token } = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as { url: string; token: string };
        return { url, token };
      } catch {
        return null;
      }
    },
    signal: (signal) => running?.signal(signal),
    ready: () =>
      running === null ? Promise.race([new Promise<void>((resolve) => void waiting.push(resolve)), living]) : Promise.resolve(),
    lives: () => lives,
    async stop() {
      stopped = true;
      running?.signal('SIGCONT');
      await running?.stop();
      await living.catch(() => undefined);
    },
  };
}

/** Kept here so that nothing in this folder waits in a way of its own. */
export function pauseMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function opened(socket: import('node:net').Socket): Promise<void> {
  await once(socket, 'connect');
}
