import type { Pool, PoolClient } from 'pg';
import { placeless } from '../ledger/chain.ts';
import type { Batch } from './append-batch.ts';
import { ask } from './postgres-connection.ts';
import { toldStreams } from './postgres-news.ts';
import { BY_INDEX, openPool } from './postgres-pool.ts';
import { settlementColumns } from './postgres-settlements.ts';
import { type Asked, statement } from './postgres-statement.ts';

/** Each statement keeps the plan it was given first. A snapshot for each statement, whatever the server's default is. */
const WRITER_OPTIONS = `${BY_INDEX.options} -c plan_cache_mode=force_generic_plan -c default_transaction_isolation=read\\ committed`;

/** The one pipelined connection that a replica appends on. It is kept while nothing happens: the first word of a night should not wait for a new one. */
export function openWriter(url: string, broken: (fault: Error) => void): Pool {
  return openPool(url, { max: 1, pipeline: true, idleTimeoutMillis: 0, options: WRITER_OPTIONS }, broken);
}

/** So few rows of each table are parameters for each cell. More would gain nothing and make long statements: each table is one parameter of JSON. */
const FEW = [1, 2, 4] as const;
const STATEMENTS = [...FEW, null].map((few) => ({
  few: few ?? Number.POSITIVE_INFINITY,
  write: { any: statement(few, false, false), moving: statement(few, false, few !== null) },
  settle: { any: statement(few, true, false), moving: statement(few, true, few !== null) },
}));

/**
 * Writes all rows of a batch, or none: when nobody else has appended since the statement began, each stream of `expected` is at its
 * version, no key is taken and every settled effect is still claimed. Answers where the head was before; null when nothing is written.
 * Tells the other replicas in the same transaction: they hear of it when it is there to be read, and never of one that was rolled
 * back. `replica` is our name in what they hear; null tells nobody.
 */
export async function writeBatch(
  client: PoolClient,
  batch: Batch,
  expected: readonly (readonly [stream: string, version: number])[],
  replica: string | null,
): Promise<number | null> {
  const { entries, streams, effects, supersede, inbox, settlements } = batch;
  const asked: Asked = {
    ...{ entries, streams, effects, supersede, inbox },
    hashed: entries.map(placeless),
    expected: expected.map(([stream, version]) => ({ stream, expected: version })),
    settling: settlementColumns(settlements),
    told: replica === null || streams.length === 0 ? null : toldOf(replica, streams),
  };
  const rows = Math.max(entries.length, streams.length, effects.length, inbox.length, expected.length);
  const { write, settle } = STATEMENTS.find(({ few }) => rows <= few) as (typeof STATEMENTS)[number];
  const isMoving = expected.length > 0 && expected.every(([, version]) => version > 0);
  const statement = (settlements.length === 0 ? write : settle)[isMoving ? 'moving' : 'any'];
  const [moved] = await ask<{ readonly position: number }>(client, statement, statement.values(asked));
  return moved?.position ?? null;
}

function toldOf(replica: string, streams: Batch['streams']): string {
  return `{"from":${JSON.stringify(replica)},"streams":${toldStreams(streams.map(({ stream }) => stream))},"after":`;
}
