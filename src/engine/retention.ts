import type { Clock } from '../kit/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../kit/duration.ts';
import type { Entry } from '../ledger/entry.ts';
import { exportLine } from '../ledger/export.ts';
import type { Door } from './door.ts';
import { ledgerEntries } from './history.ts';
import type { Store } from './store-port.ts';

/** A day of 24 hours: nobody's shift depends on it. */
const DAY_MS = 24 * HOUR_MS;
/** What is old was old an hour ago. */
const EVERY_MS = HOUR_MS;
const SOON_MS = MINUTE_MS;
/** Streams that are an incident's alone; a switch or an alert group goes on after it. */
const ITS_OWN = /^(?:incident|page|run|followup)\//;

export interface RetentionPorts {
  /** Of replicas it shows entries to one only: the others find nothing to do. */
  readonly store: Store;
  readonly door: Door;
  readonly clock: Clock;
  readonly days: number;
  /** Keeps the export of an incident, once: resolves when it is on the disk, also when it was there. */
  readonly keep: (incident: number, lines: string) => Promise<void>;
  readonly bug: (fault: unknown) => void;
}
export interface Retention {
  /** Exports and then redacts every incident that ended and has been silent for so many days. Answers which. */
  run(): Promise<readonly number[]>;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Takes people's words out of old incidents: what was said is exported first, and its payloads are redacted one by one, so that
 * the chain stays whole and the figures of the past stay what they were.
 */
export function createRetention(ports: RetentionPorts): Retention {
  const { clock, bug } = ports;
  let cancel = (): void => undefined;
  let running: Promise<unknown> = Promise.resolve();
  let isStopped = false;
  function after(waitMs: number): void {
    const dueAt = clock.now() + waitMs;
    const wake = (): void => {
      // Alarms ring within a minute; an hour is many of them.
      if (clock.now() < dueAt) cancel = clock.alarm(dueAt, wake);
      else
        running = runRetention(ports, () => isStopped)
          .catch(bug)
          .then(() => {
            if (!isStopped) after(EVERY_MS);
          });
    };
    cancel = clock.alarm(dueAt, wake);
  }
  return {
    run: () => runRetention(ports, () => isStopped),
    start: () => after(SOON_MS),
    async stop() {
      isStopped = true;
      cancel();
      await running;
      cancel();
    },
  };
}

async function runRetention(ports: RetentionPorts, isStopped: () => boolean): Promise<readonly number[]> {
  const before = ports.clock.now() - ports.days * DAY_MS;
  const done: number[] = [];
  for await (const page of ledgerEntries(ports.store)) {
    for (const { type, data, at, incident } of page) {
      if (isStopped()) return done;
      if (type !== 'incident.declared' || data === null || at >= before || incident === null) continue;
      if (await retire(ports, incident, before)) done.push(incident);
    }
    if ((page.at(-1) as Entry).at >= before) return done;
  }
  return done;
}

async function retire(ports: RetentionPorts, incident: number, before: number): Promise<boolean> {
  const [head] = await ports.store.streams({ streams: [`incident/${incident}`] });
  if (head === undefined || head.open) return false;
  const entries: Entry[] = [];
  for await (const page of ledgerEntries(ports.store, { incident })) entries.push(...page);
  if (entries.some(({ at }) => at >= before)) return false;
  await ports.keep(incident, entries.map((entry) => `${exportLine(entry)}\n`).join(''));
  const reason = `kept for ${ports.days} days and exported`;
  // What tells that it is done goes last: a run that was cut off begins with it again.
  const words = entries.filter(({ stream, data }) => ITS_OWN.test(stream) && data !== null).reverse();
  for (const { position } of words)
    await ports.door.submit({ act: { type: 'entry.redact', position, reason }, actor: 'allclear', key: `retention ${position}` });
  return true;
}
