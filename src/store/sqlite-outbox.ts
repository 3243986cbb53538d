import type { Kysely } from 'kysely';
import type { Lane, Outbox } from '../engine/store-port.ts';
import type { Ask } from './compiled.ts';
import { createOutbox } from './outbox.ts';
import type { Tables } from './tables.ts';

export interface SqliteOutbox extends Outbox {
  /** Something was promised or settled behind its back. */
  changed(): void;
}

/**
 * The outbox of every SQL database, where a look costs less than a claim that finds nothing: SQLite opens a write for each. One
 * process writes at a time, so that what a look found is true until this one writes.
 */
export function createSqliteOutbox(db: Kysely<Tables>, ask: Ask): SqliteOutbox {
  const outbox = createOutbox(db, ask);
  const looked = new Map<Lane, number | null>();
  let changes = 0;
  const changed = (): void => {
    changes += 1;
    looked.clear();
  };
  async function nextDue(lane: Lane): Promise<number | null> {
    const known = looked.get(lane);
    if (known !== undefined) return known;
    const since = changes;
    const dueAt = await outbox.nextDue(lane);
    if (since === changes) looked.set(lane, dueAt);
    return dueAt;
  }
  /** Before and after: what is looked up meanwhile may have seen either. */
  async function changing<T>(work: Promise<T>): Promise<T> {
    changed();
    try {
      return await work;
    } finally {
      changed();
    }
  }
  return {
    ...outbox,
    changed,
    nextDue,
    async claim(request) {
      const dueAt = await nextDue(request.lane);
      return dueAt === null || dueAt > request.now ? [] : changing(outbox.claim(request));
    },
    renew: (request) => changing(outbox.renew(request)),
    settle: (settlements) => changing(outbox.settle(settlements)),
    release: (request) => changing(outbox.release(request)),
  };
}
