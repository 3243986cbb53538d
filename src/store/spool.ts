import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { SPOOL_INCIDENTS_MAX, SPOOL_NUMBERS, type Spool, type StreamHead } from '../engine/store-port.ts';
import type { Randomness } from '../kit/randomness.ts';
import { lockDataDirectory } from './data-lock.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** A spool on the disk, held by this process alone. */
export interface OpenedSpool extends Spool {
  /** For what chat worlds keep beside it. */
  readonly database: Kysely<Tables>;
  /** Leaves it for the next start. */
  close(): Promise<void>;
  /** Takes it off the disk. */
  remove(): Promise<void>;
}

const LEDGER = 'ledger.db';
/** What streams of the ledger looked like when it was last seen. */
const KNOWN = 'known.json';
/** Blocks of numbers between the first number of spools and the last a page can name (nine digits). */
const BLOCKS = (999_999_999 - SPOOL_NUMBERS) / SPOOL_INCIDENTS_MAX;
const NAME = /^(9\d{8})-(\d{13})$/;

/** Makes a new one. Its block of numbers is drawn: two replicas that lose the database at once cannot ask each other. */
export function createSpool(directory: string, randomness: Randomness, now: number): Promise<OpenedSpool> {
  for (;;) {
    const numbersAfter = SPOOL_NUMBERS + Math.floor(randomness.fraction() * BLOCKS) * SPOOL_INCIDENTS_MAX;
    const path = join(directory, `${numbersAfter}-${now}`);
    if (existsSync(path)) continue;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    syncDirectory(directory);
    return openSpool(path, numbersAfter, now);
  }
}

/** Spools that an earlier life left behind and nobody holds any more. */
export async function orphanedSpools(directory: string): Promise<readonly OpenedSpool[]> {
  if (!existsSync(directory)) return [];
  const orphans: OpenedSpool[] = [];
  for (const name of readdirSync(directory).sort()) {
    const [, number, begunAt] = NAME.exec(name) ?? [];
    if (number === undefined) continue;
    const opened = await openSpool(join(directory, name), Number(number), Number(begunAt)).catch(heldElsewhere);
    if (opened !== null) orphans.push(opened);
  }
  return orphans;
}

class HeldError extends Error {}

function heldElsewhere(fault: unknown): null {
  if (fault instanceof HeldError) return null;
  throw fault;
}

/** Every append is on the disk before it is answered, as in the ledger of one process (`synchronous = full`). */
async function openSpool(path: string, numbersAfter: number, begunAt: number): Promise<OpenedSpool> {
  const lock = lockDataDirectory(path);
  if (!lock.held) throw new HeldError(`${path} is held by process ${lock.by}`);
  const { store, database } = await openSqliteStore(join(path, LEDGER));
  syncDirectory(path);
  const close = async (): Promise<void> => {
    await store.close();
    lock.release();
  };
  return {
    name: `spool-${numbersAfter}`,
    numbersAfter,
    begunAt,
    store,
    database,
    async seed(heads) {
      const rows = heads.map((head) => ({
        ...head,
        kind: head.stream.slice(0, head.stream.indexOf('/')),
        opened: 0,
        open: head.open ? 1 : 0,
      }));
      for (const row of rows)
        await database
          .insertInto('streams')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    },
    answers: () => database.selectFrom('inbox').selectAll().orderBy('at').execute(),
    close,
    async remove() {
      await close();
      rmSync(path, { recursive: true });
    },
  };
}

/** A new name is only safe once the directory that holds it is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

const Heads = z.array(
  z.strictObject({
    stream: z.string(),
    version: z.int(),
    state: z.string(),
    fold: z.int(),
    open: z.boolean(),
    incident: z.int().nullable(),
  }),
);

/** Keeps what the ledger looked like; a reader sees the old file or the new one. */
export function keepKnown(directory: string, heads: readonly StreamHead[], process: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, KNOWN);
  writeFileSync(`${path}.${process}`, JSON.stringify(heads), { mode: 0o600, flush: true });
  renameSync(`${path}.${process}`, path);
}

/** What the ledger looked like when it was last seen from this disk; null when it never was. */
export function readKnown(directory: string): readonly StreamHead[] | null {
  try {
    return Heads.parse(JSON.parse(readFileSync(join(directory, KNOWN), 'utf8')));
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}

/**
 * What chat worlds kept beside a spool, into the database: names they gave are never given twice, what changed is the newer.
 * Answers the rooms of the console it is in.
 */
export async function bringChatTables(from: Kysely<Tables>, to: Kysely<Tables>): Promise<readonly string[]> {
  const messages = await from.selectFrom('console_messages').selectAll().execute();
  await to.transaction().execute(async (writing) => {
    for (const row of messages)
      await writing
        .insertInto('console_messages')
        .values(row)
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    for (const row of await from.selectFrom('platform_notes').selectAll().execute())
      await writing
        .insertInto('platform_notes')
        .values(row)
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: row.value }))
        .execute();
  });
  return [...new Set(messages.map(({ room }) => room))];
}
