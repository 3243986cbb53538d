import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyPluginAsync } from 'fastify';
import type { Settlement, Store } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { within } from '../kit/deadline.ts';
import { SECOND_MS } from '../kit/duration.ts';
import { redact } from '../kit/redaction.ts';

/** Null when the thing works, else one line that says what does not. */
export type Check = () => Promise<string | null>;

export interface HealthOptions {
  /** What Allclear cannot do its work without, by name: `store`, `queue`, `slack`, `mail` … */
  readonly checks: Readonly<Record<string, Check>>;
  readonly clock: Clock;
  /** The longest the event loop was stuck since it was asked last, milliseconds. */
  readonly lagMs: () => number;
  /** What does not work now is stood in for: people who are sent here can still be helped. */
  readonly isDegraded?: () => boolean;
  /** How long one check may take. */
  readonly checkMs?: number;
}

/** A process that was stuck this long sends no page in time; one hiccup fails one probe, and supervisors want several. */
const LAG_MS_MAX = 5_000;
const CHECK_MS_MAX = 2_000;
/** Answers are shared for this long, so that a flood of questions does not become one on the store. */
const FRESH_MS = SECOND_MS;
/** When to ask again. */
const RETRY_SECONDS = 5;

/** `GET /healthz`: is the process alive. `GET /readyz`: can it do its work, and if not, because of what. No secrets, no names of people. */
export function healthRoutes({
  checks,
  clock,
  lagMs,
  isDegraded = () => false,
  checkMs = CHECK_MS_MAX,
}: HealthOptions): FastifyPluginAsync {
  const look = shared(() => runChecks(checks, clock, checkMs), clock);
  return async (app) => {
    app.get('/healthz', async (_request, reply) => {
      const lag = Math.round(lagMs());
      const isAlive = lag < LAG_MS_MAX;
      reply.code(isAlive ? 200 : 503).header('cache-control', 'no-store');
      return { status: isAlive ? 'ok' : 'stuck', lagMs: lag };
    });
    app.get('/readyz', async (_request, reply) => {
      const found = await look();
      const isWhole = Object.values(found).every((problem) => problem === null);
      const isReady = isWhole || isDegraded();
      if (!isReady) reply.code(503).header('retry-after', RETRY_SECONDS);
      reply.header('cache-control', 'no-store');
      return {
        status: isWhole ? 'ready' : isReady ? 'degraded' : 'not ready',
        checks: Object.fromEntries(Object.entries(found).map(([name, problem]) => [name, problem ?? 'ok'])),
      };
    });
  };
}

type Findings = Readonly<Record<string, string | null>>;

async function runChecks(checks: HealthOptions['checks'], clock: Clock, checkMs: number): Promise<Findings> {
  const found = Object.entries(checks).map(async ([name, check]) => [name, await problemOf(check, clock, checkMs)] as const);
  return Object.fromEntries(await Promise.all(found));
}

/** A check that throws or hangs has found a problem. */
async function problemOf(check: Check, clock: Clock, checkMs: number): Promise<string | null> {
  try {
    return await within(check(), checkMs, clock);
  } catch (error) {
    return redact(error instanceof Error ? error.message : String(error));
  }
}

/** One look at a time, and its result for everybody who asks shortly after. */
function shared(look: () => Promise<Findings>, clock: Clock): () => Promise<Findings> {
  let latest: { readonly at: number; readonly findings: Promise<Findings> } | null = null;
  return () => {
    if (latest === null || clock.monotonic() - latest.at >= FRESH_MS) latest = { at: clock.monotonic(), findings: look() };
    return latest.findings;
  };
}

/** No effect has this name: settling it takes the writer's lock, as every append does, and changes nothing. */
const NO_EFFECT: Settlement = { effect: 'readiness', fence: -1, state: 'done', reason: null, detail: null };

/** Whether the ledger can be read and written just now. Throws the store's own error. */
export function storeCheck(store: Pick<Store, 'head' | 'outbox'>): Check {
  return async () => {
    await store.head();
    await store.outbox.settle([NO_EFFECT]);
    return null;
  };
}

/** How precisely the event loop is watched; its cost falls with this. */
const LAG_RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** Watches the event loop of this process: answers the longest it was stuck since the answer before. */
export function watchEventLoop(): { readonly lagMs: () => number; readonly stop: () => void } {
  const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  delays.enable();
  return {
    lagMs() {
      const worst = delays.max / NANOSECONDS_PER_MS;
      delays.reset();
      // A calm loop still counts the wait between two looks.
      return Math.max(0, worst - LAG_RESOLUTION_MS);
    },
    stop: () => void delays.disable(),
  };
}
