import type { Bot } from './bot.ts';
import { SPOOL_INCIDENTS_MAX, type Spool } from './store-port.ts';

/** Is this incident one of the spool's. */
export function holds({ numbersAfter }: Pick<Spool, 'numbersAfter'>, incident: number): boolean {
  return incident > numbersAfter && incident <= numbersAfter + SPOOL_INCIDENTS_MAX;
}

/** A whole bot on a spool, for the time the database is away. */
export interface Emergency {
  readonly spool: Spool;
  /** Starts to decide and to deliver; may be called again after `halt`. */
  resume(): Promise<Bot>;
  /** Stops; what is under way is finished within `graceMs` or owed again. */
  halt(graceMs: number): Promise<void>;
  /** Brings what chat worlds kept beside the spool into the database. */
  bringNotes(): Promise<void>;
  /** Everything is in the ledger: removes the spool from the disk. */
  discard(): Promise<void>;
  /** Leaves it on the disk for the next start. */
  close(): Promise<void>;
}
