import type { Pool, PoolClient } from 'pg';
import type { Commit, CommitVerdict } from '../engine/store-port.ts';
import { type Batch, judgeBatch, type Known, presumption, verdictsAfter } from './append-batch.ts';
import { keptConnection } from './postgres-connection.ts';
import { placeColumns } from './postgres-settlements.ts';
import { writeBatch } from './postgres-write.ts';

type Verdicts = readonly CommitVerdict[];
type Expected = readonly (readonly [stream: string, version: number])[];

/** What appends for one replica. */
export interface PostgresAppend {
  /**
   * Appends commits in one transaction. One statement presumes that all of them are good, looks whether they are, and writes; it
   * is a transaction of its own, and one round trip, as long as nobody else was appending. When it wrote nothing, because it had to
   * wait for somebody or because a commit is not good, it is sent again with the lock before it, in the same round trip. Only when a
   * commit is not good, everything the verdicts hang on is read then. The others are told of it unless `tells` is false. Throws when
   * anything failed: then nobody knows whether it was kept, and the connection is thrown away with whatever is left of the transaction.
   */
  append(commits: readonly Commit[], tells?: boolean): Promise<Verdicts>;
  /** Gives its connection back, once nobody appends any more. */
  end(): void;
}

/** `pool` has one pipelined connection; `replica` is our name in what the others are told. */
export function createPostgresAppend(pool: Pool, replica: string): PostgresAppend {
  const connection = keptConnection(pool);
  let isAlone = true;
  /** Where we left the head. */
  let left: number | null = null;

  async function write(client: PoolClient, batch: Batch, expected: Expected, from: string | null): Promise<number | null> {
    const position = isAlone ? await writeBatch(client, batch, expected, from) : null;
    if (position !== null) return position;
    const found = await locked(client, batch, expected, from);
    // What is refused with the lock, too, was not refused for having waited.
    isAlone = found === null || found === left;
    return found;
  }
  async function verdictsOn(client: PoolClient, commits: readonly Commit[], from: string | null): Promise<Verdicts> {
    const presumed = presumption(commits);
    const expected = [...presumed.versions];
    const batch = judgeBatch(presumed, commits);
    const isGood = batch.erase.length === 0 && batch.verdicts.every(({ verdict }) => verdict === 'committed');
    const position = isGood ? await write(client, batch, expected, from) : null;
    const kept = position === null ? await carefully(client, commits, from) : { position, batch };
    left = kept.position + kept.batch.entries.length;
    return verdictsAfter(kept.position, kept.batch);
  }
  return {
    append: (commits, tells = true) => connection.use((client) => verdictsOn(client, commits, tells ? replica : null)),
    end: connection.end,
  };
}

const LOCK = { name: 'allclear-lock', text: 'select from ledger_head for update' };
const ERASE = 'update payloads set salt = null, data = null where position = any($1::bigint[])';
const FORGET = `update effects set body = '{}' where position = any($1::bigint[]) and ready_at is null`;

/** While nobody else can append: a statement after the lock sees what its last holder committed. */
async function locked(client: PoolClient, batch: Batch, expected: Expected, replica: string | null): Promise<number | null> {
  const locking = lock(client);
  const [, position] = await allAnswered([locking, finish(client, batch, expected, replica)]);
  return position;
}

/** Reads everything the verdicts hang on while the head is locked, and writes what is good. */
async function carefully(
  client: PoolClient,
  commits: readonly Commit[],
  replica: string | null,
): Promise<{ readonly position: number; readonly batch: Batch }> {
  const [, known] = await allAnswered([lock(client), readKnown(client, commits)]);
  const batch = judgeBatch(known, commits);
  const position = await finish(client, batch, [], replica);
  if (position === null) throw new Error('what was read while the head was locked did not stay so');
  return { position, batch };
}

const lock = (client: PoolClient) => allAnswered([client.query('begin isolation level read committed'), client.query(LOCK)]);

/** Writes and commits, in one pipeline with whatever was sent before. */
async function finish(client: PoolClient, batch: Batch, expected: Expected, replica: string | null): Promise<number | null> {
  const { erase } = batch;
  const writing = writeBatch(client, batch, expected, replica);
  // After the rows of this batch are there: an effect may be settled and forgotten by the same commit.
  const erasing = erase.length === 0 ? [] : [client.query(ERASE, [erase]), client.query(FORGET, [erase])];
  const committing = client.query('commit');
  const [position, { command }] = await allAnswered([writing, committing, ...erasing]);
  // A commit of a transaction that failed is answered too, as a rollback.
  if (command !== 'COMMIT') throw new Error('the database rolled the append back');
  return position;
}

const READ = {
  name: 'allclear-read',
  text: `with held as materialized (select id, fence from effects
             where position = any($4::bigint[]) and number = any($5::integer[]) and id = any($3::text[]) and state = 'claimed' for update)
         select (select coalesce(json_agg(json_build_array(stream, version)), '[]') from streams where stream = any($1::text[])) as versions,
                (select coalesce(json_agg(key), '[]') from inbox where key = any($2::text[])) as inbox,
                (select coalesce(json_agg(json_build_array(id, fence)), '[]') from held) as claimed`,
};

interface ReadRow {
  readonly versions: readonly (readonly [string, number])[];
  readonly inbox: readonly string[];
  readonly claimed: readonly (readonly [string, number])[];
}

async function readKnown(client: PoolClient, commits: readonly Commit[]): Promise<Known> {
  const { versions: looked, claimed: settled } = presumption(commits);
  const keys = commits.flatMap(({ inbox }) => inbox?.key ?? []);
  const ids = [...settled.keys()];
  const { rows } = await client.query<ReadRow>({ ...READ, values: [[...looked.keys()], keys, ids, ...placeColumns(ids)] });
  const [{ versions, inbox, claimed } = NOTHING] = rows;
  return { versions: new Map(versions), inbox: new Set(inbox), claimed: new Map(claimed) };
}

const NOTHING: ReadRow = { versions: [], inbox: [], claimed: [] };

/** Waits for every answer of a pipeline, then throws the first fault, so that none is left unheard. */
async function allAnswered<T extends readonly Promise<unknown>[]>(
  asked: readonly [...T],
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  const answers = await Promise.allSettled(asked);
  const failed = answers.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return Promise.all(asked) as Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }>;
}
