import type { FastifyPluginAsync } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Effect } from '../domain/kernel.ts';
import { domains, refusals } from '../domain/registry.ts';
import type { Outcome, Reason } from '../engine/ports.ts';
import { LANES, type Lane, type Store } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { within } from '../kit/deadline.ts';
import { SECOND_MS } from '../kit/duration.ts';

/** How an act was answered. */
export interface SubmitSeen {
  readonly act: string;
  /** `ok`, or the code of the refusal. */
  readonly code: string;
  readonly tookMs: number;
}
/** What one attempt to keep a promise came to. */
export interface DeliverySeen {
  readonly effect: string;
  readonly kind: Effect['kind'];
  readonly lane: Lane;
  readonly outcome: Outcome['outcome'] | 'fenced' | 'late' | 'bug';
  readonly reason: Reason | null;
  readonly detail: string | null;
  /** How long after it was due, milliseconds. */
  readonly lateMs: number;
}
export interface MetricsPorts {
  readonly store: Pick<Store, 'head' | 'outbox'>;
  readonly clock: Clock;
  /** Of Allclear. */
  readonly version: string;
}
export interface Metrics {
  submitted(seen: SubmitSeen): void;
  delivered(seen: DeliverySeen): void;
  bug(): void;
  /** Everything, in the text format of Prometheus. What cannot be read from the store is left out. */
  read(): Promise<string>;
  readonly contentType: string;
}

/** Seconds. The aim is p99 under 25 ms, so the bounds are close together below it. */
const SUBMIT_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
/** Seconds. From at once to a page that missed its level. */
const LATE_BOUNDS = [0.05, 0.25, 1, 5, 15, 30, 60, 300, 900];
const READ_MS_MAX = 1_000;

/** The numbers of this process, in a registry of its own. Labels come from closed lists: nobody outside can add a series. */
export function createMetrics({ store, clock, version }: MetricsPorts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const acts = new Set(domains.flatMap((domain) => Object.keys(domain.acts)));
  const codes = new Set(['ok', 'fenced', ...Object.keys(refusals)]);
  const submits = new Histogram({
    name: 'allclear_submit_seconds',
    help: 'Time from asking an act until its answer was durable, by act and answer.',
    labelNames: ['act', 'code'],
    buckets: SUBMIT_BOUNDS,
    registers,
  });
  const deliveries = new Counter({
    name: 'allclear_deliveries_total',
    help: 'Attempts to keep a promise, by kind, what came of it, and why.',
    labelNames: ['kind', 'outcome', 'reason'],
    registers,
  });
  const lateness = new Histogram({
    name: 'allclear_delivery_lateness_seconds',
    help: 'How long after it was due a promise was attempted, by lane.',
    labelNames: ['lane'],
    buckets: LATE_BOUNDS,
    registers,
  });
  const bugs = new Counter({ name: 'allclear_bugs_total', help: 'Errors inside Allclear; each is in the log.', registers });
  new Gauge({ name: 'allclear_build_info', help: 'Always 1.', labelNames: ['version', 'node'], registers }).set(
    { version, node: process.version },
    1,
  );
  const readStore = storeGauges(store, clock, registers);
  return {
    submitted({ act, code, tookMs }) {
      const labels = { act: acts.has(act) ? act : 'other', code: codes.has(code) ? code : 'other' };
      submits.observe(labels, tookMs / SECOND_MS);
    },
    delivered({ kind, lane, outcome, reason, lateMs }) {
      deliveries.inc({ kind, outcome, reason: reason ?? 'none' });
      lateness.observe({ lane }, lateMs / SECOND_MS);
    },
    bug: () => bugs.inc(),
    async read() {
      await readStore();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** What the store knows is asked for when somebody reads; a store that is down is a number too, not an error. */
function storeGauges(store: MetricsPorts['store'], clock: Clock, registers: Registry[]): () => Promise<void> {
  const up = new Gauge({ name: 'allclear_store_up', help: '1 when the store could be read just now, else 0.', registers });
  const position = new Gauge({ name: 'allclear_ledger_position', help: 'Entries in the ledger.', registers });
  const oldest = new Gauge({
    name: 'allclear_oldest_due_age_seconds',
    help: 'How long the oldest promise of a lane has been due; 0 when none is.',
    labelNames: ['lane'],
    registers,
  });
  return async () => {
    position.reset();
    oldest.reset();
    try {
      const reads = Promise.all([store.head(), ...LANES.map((lane) => store.outbox.nextDue(lane))]);
      const [head, ...dues] = await within(reads, READ_MS_MAX, clock);
      up.set(1);
      position.set(head.position);
      for (const [index, lane] of LANES.entries()) {
        const dueAt = dues[index] ?? clock.now();
        oldest.set({ lane }, Math.max(0, clock.now() - dueAt) / SECOND_MS);
      }
    } catch {
      // The store's own errors are logged where they hurt somebody; here its absence is the news.
      up.set(0);
    }
  };
}

/** `GET /metrics` for Prometheus. */
export function metricsRoutes(metrics: Metrics): FastifyPluginAsync {
  return async (app) => {
    app.get('/metrics', async (_request, reply) => {
      reply.header('cache-control', 'no-store').type(metrics.contentType);
      return metrics.read();
    });
  };
}
