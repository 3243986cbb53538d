import { Worker } from 'node:worker_threads';
import { type Clock, pause } from '../kit/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../kit/duration.ts';

/** First and longest wait before another thread: far ends are back within a minute of being back. */
const WAIT_MS_MIN = SECOND_MS;
const WAIT_MS_MAX = MINUTE_MS;
/** Of the ten seconds SIGTERM leaves, most are for what is under way. */
const GOODBYE_MS = SECOND_MS;

/** A library that leaks ends its thread. Loading one would widen the room for young objects to some 30 MB, and nothing later needs it. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };

/** Where the way out leads through a proxy (nodejs.org/api/cli.html#node_use_env_proxy1). */
const WAY_OUT = /^(?:NODE_USE_ENV_PROXY|https?_proxy|no_proxy)$/i;

/** All that a thread sees of our environment: a library finds no secret there that it was not given. */
function wayOut(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => WAY_OUT.test(name)));
}

export interface ThreadPlan<News> {
  /** What it is called where the machine lists its threads. */
  readonly name: string;
  /** Module the thread runs. */
  readonly module: URL;
  /** What a new thread is started with, as plain data. */
  readonly order: () => unknown;
  readonly hear: (news: News) => void;
  /** The thread is gone, asked or not. */
  readonly ended?: () => void;
  readonly clock: Clock;
  readonly bug: (fault: unknown) => void;
  /** Longest wait before another thread. */
  readonly waitMsMax?: number;
}
export interface SupervisedThread<Wish> {
  /** Which thread it is, for tests that end it; null while there is none. */
  readonly id: () => number | null;
  /** Reaches the thread there is; nothing waits for the next one. */
  tell(wish: Wish): void;
  /** Answers once there is a thread. */
  there(): Promise<void>;
  /** It does its work: should it end, the next one comes soon. */
  works(): void;
  /** Ends it; the next one comes as if it had ended by itself. */
  end(): void;
  /** Says `goodbye` and waits a moment for the thread to go by itself. */
  stop(goodbye: Wish): Promise<void>;
}

/**
 * A thread for a library that may end its process: whatever it throws where nobody can catch it, and `process.exit` too, ends the
 * thread and nothing else. The next one is started after a wait that doubles as long as none of them works.
 */
export function superviseThread<News, Wish>(plan: ThreadPlan<News>): SupervisedThread<Wish> {
  const { clock, bug, waitMsMax = WAIT_MS_MAX } = plan;
  let worker: Worker | null = null;
  let waitMs = WAIT_MS_MIN;
  let cancel = (): void => undefined;
  let isOver = false;
  let begun = Promise.withResolvers<void>();

  function spawn(): void {
    const options = { name: plan.name, workerData: plan.order(), stdin: false, resourceLimits: LIMITS };
    const spawned = new Worker(plan.module, { ...options, env: wayOut(process.env) });
    // It ends with the process, and keeps none going.
    spawned.unref();
    worker = spawned;
    begun.resolve();
    spawned.on('message', (news: News) => {
      if (worker === spawned) plan.hear(news);
    });
    spawned.on('error', bug);
    spawned.on('exit', () => {
      if (worker === spawned) worker = null;
      begun = Promise.withResolvers();
      plan.ended?.();
      again();
    });
  }
  function again(): void {
    if (isOver || worker !== null) return;
    cancel();
    cancel = clock.alarm(clock.now() + waitMs, spawn);
    waitMs = Math.min(waitMs * 2, waitMsMax);
  }
  spawn();
  return {
    id: () => worker?.threadId ?? null,
    tell: (wish) => worker?.postMessage(wish),
    there: () => begun.promise,
    works() {
      waitMs = WAIT_MS_MIN;
    },
    end() {
      worker?.terminate().catch(bug);
    },
    async stop(goodbye) {
      isOver = true;
      cancel();
      const last = worker;
      if (last === null) return;
      const gone = new Promise<void>((resolve) => void last.once('exit', () => resolve()));
      last.postMessage(goodbye);
      await Promise.race([gone, pause(clock, GOODBYE_MS)]);
      await last.terminate();
    },
  };
}
