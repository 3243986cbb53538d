import { type Kysely, type QueryResult, type SqlBool, sql } from 'kysely';
import type { EntryRange, StreamHead, StreamQuery } from '../engine/store-port.ts';
import { type Entry, GENESIS, type Head } from '../ledger/entry.ts';
import { compiledOnce } from './compiled.ts';
import { rowsMax } from './limit.ts';
import type { Tables } from './tables.ts';

/** Reading entries, streams and the inbox; written once for every SQL database. */
export function createHistory(db: Kysely<Tables>) {
  const one = compiledOnce(db, ({ stream }: { stream: string }) =>
    db.selectFrom('streams').select(STREAM_COLUMNS).where('stream', '=', stream),
  );
  const answer = compiledOnce(db, ({ key }: { key: string }) => db.selectFrom('inbox').select('answer').where('key', '=', key));
  return {
    async entries(range: EntryRange): Promise<readonly Entry[]> {
      const base = db.selectFrom('entries').innerJoin('payloads', 'payloads.position', 'entries.position').selectAll('entries');
      const query = base.select(['payloads.salt', 'payloads.data']).limit(rowsMax(range.limit));
      if ('stream' in range) {
        return query
          .where('entries.stream', '=', range.stream)
          .where('entries.version', '>', range.afterVersion)
          .orderBy('entries.version')
          .execute();
      }
      const after = query.where('entries.position', '>', range.after).orderBy('entries.position');
      return 'incident' in range ? after.where('entries.incident', '=', range.incident).execute() : after.execute();
    },
    async streams(query: StreamQuery): Promise<readonly StreamHead[]> {
      const rows = 'streams' in query ? await byName(db, one, query.streams) : await byKind(db, query);
      return rows.map((row) => ({ ...row, open: row.open === 1 }));
    },
    async answered(key: string): Promise<string | null> {
      return (await answer({ key })).rows[0]?.answer ?? null;
    },
    async head(): Promise<Head> {
      const row = await db
        .selectFrom('entries')
        .select(['position', 'hash'])
        .orderBy('position', 'desc')
        .limit(rowsMax(1))
        .executeTakeFirst();
      return row ?? GENESIS;
    },
  };
}

const STREAM_COLUMNS = ['stream', 'version', 'state', 'fold', 'open', 'incident'] as const;

type StreamRow = Pick<Tables['streams'], (typeof STREAM_COLUMNS)[number]>;
type OneStream = (given: { readonly stream: string }) => Promise<QueryResult<StreamRow>>;

async function byName(db: Kysely<Tables>, one: OneStream, streams: readonly string[]): Promise<readonly StreamRow[]> {
  const [stream] = streams;
  if (stream === undefined) return [];
  if (streams.length === 1) return (await one({ stream })).rows;
  return db
    .selectFrom('streams')
    .select(STREAM_COLUMNS)
    .where('stream', 'in', [...streams])
    .execute();
}

async function byKind(db: Kysely<Tables>, { kind, open, incident, below, limit }: Extract<StreamQuery, { kind: string }>) {
  let query = db.selectFrom('streams').select(STREAM_COLUMNS).where('kind', '=', kind);
  if (open !== undefined) query = query.where('open', '=', open ? 1 : 0);
  if (incident !== undefined) query = query.where('incident', '=', incident);
  // Written so that no plan looks for it by incident: the newest one nearly always fits.
  if (below !== undefined) query = query.where(sql<SqlBool>`coalesce(incident, 0) < ${below}`);
  return query.orderBy('opened', 'desc').limit(rowsMax(limit)).execute();
}
