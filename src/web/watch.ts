import type { Clock } from '../kit/clock.ts';
import { MINUTE_MS } from '../kit/duration.ts';
import { sha256Hex } from '../kit/hashing.ts';
import type { Log } from '../kit/log.ts';
import type { DeliverySeen, Metrics, SubmitSeen } from './metrics.ts';

export interface WatchPorts {
  readonly metrics: Pick<Metrics, 'submitted' | 'delivered' | 'bug'>;
  readonly log: Log;
  readonly clock: Clock;
}
/** What the engine tells of its work. */
export interface MetricsWatch {
  submitted(seen: SubmitSeen): void;
  delivered(seen: DeliverySeen): void;
  bug(fault: unknown, where: string): void;
}

/** Digits of a bug's id: enough to tell bugs apart, few enough to say on the telephone. */
const ID_DIGITS = 8;
/** The same bug is written out again after this, so that a lasting one is not taken for an old one. */
const AGAIN_MS = MINUTE_MS;
/** Bugs remembered; a process with more different ones has other worries. */
const BUGS_MAX = 500;

/**
 * Counts everything and logs what somebody should see. A bug is logged with an id made from where it happened: the same bug has the same
 * id, and is written out once a minute at most, with how often it came.
 */
export function createWatch({ metrics, log, clock }: WatchPorts): MetricsWatch {
  const bugs = new Map<string, { saidAt: number; times: number }>();
  return {
    submitted(seen) {
      metrics.submitted(seen);
      log.debug(seen, 'an act was answered');
    },
    delivered(seen) {
      metrics.delivered(seen);
      const [level, message] = DELIVERIES[seen.outcome];
      log[level](seen, message);
    },
    bug(fault, where) {
      metrics.bug();
      const id = idOf(fault);
      const known = bugs.get(id);
      if (known === undefined && bugs.size >= BUGS_MAX) bugs.clear();
      const times = (known?.times ?? 0) + 1;
      const isQuiet = known !== undefined && clock.monotonic() - known.saidAt < AGAIN_MS;
      bugs.set(id, { saidAt: isQuiet ? known.saidAt : clock.monotonic(), times: isQuiet ? times : 0 });
      if (!isQuiet) log.error({ bug: id, where, times, err: fault }, 'an error inside Allclear');
    },
  };
}

/** Somebody should get up for a promise that is dead, and read in the morning about one that had to be repeated. */
const DELIVERIES: Readonly<Record<DeliverySeen['outcome'], readonly ['debug' | 'info' | 'warn' | 'error', string]>> = {
  done: ['debug', 'a promise was kept'],
  fenced: ['info', 'a promise was taken over by another worker'],
  late: ['info', 'a promise was given back, its lease was nearly over'],
  later: ['debug', 'it is too early for a promise'],
  retry: ['warn', 'a promise will be tried again'],
  bug: ['warn', 'a promise will be tried again'],
  unknown: ['warn', 'nobody knows whether a promise was kept'],
  dead: ['error', 'a promise will never be kept'],
};

/** From what the error is and where it was made, not from the values in its message. */
function idOf(fault: unknown): string {
  const frames = fault instanceof Error ? (fault.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')) : [];
  const made = fault instanceof Error ? [fault.name, ...(frames.length > 0 ? frames : [fault.message])].join('\n') : String(fault);
  return sha256Hex(made).slice(0, ID_DIGITS);
}
