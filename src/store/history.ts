import { type Kysely, type SqlBool, sql } from 'kysely';
import type { EntryRange, StreamHead, StreamQuery } from '../engine/store-port.ts';
import { type Entry, GENESIS, type Head } from '../ledger/entry.ts';
import { type Ask, askKysely, byRows, compiledOnce } from './compiled.ts';
import { rowsMax } from './limit.ts';
import type { Tables } from './tables.ts';

/** Reading entries, streams and the inbox; written once for every SQL database. */
export function createHistory(db: Kysely<Tables>, ask: Ask = askKysely(db)) {
  const named = byRows((count) => compiledOnce(ask, namedHeads(db, count)));
  const answer = compiledOnce(ask, ({ key }: { key: string }) => db.selectFrom('inbox').select('answer').where('key', '=', key));
  const entries = rangesOf(db, ask);
  const byName = async (streams: readonly string[]) => (streams.length === 0 ? [] : (await named(streams.length)({ ...streams })).rows);
  return {
    async entries(range: EntryRange): Promise<readonly Entry[]> {
      const { limit, ...rest } = range;
      if ('stream' in rest) return (await entries.ofStream(limit)(rest)).rows;
      return 'incident' in rest ? (await entries.ofIncident(limit)(rest)).rows : (await entries.ofAll(limit)(rest)).rows;
    },
    async streams(query: StreamQuery): Promise<readonly StreamHead[]> {
      const rows = 'streams' in query ? await byName(query.streams) : await byKind(db, query);
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

/** So many streams by their names. */
function namedHeads(db: Kysely<Tables>, count: number) {
  return (names: Readonly<Record<number, string>>) => {
    const heads = db.selectFrom('streams').select(STREAM_COLUMNS);
    return count === 1 ? heads.where('stream', '=', names[0] as string) : heads.where('stream', 'in', Object.values(names));
  };
}

/** Entries with their payloads, in each of the orders they are read in. */
function rangesOf(db: Kysely<Tables>, ask: Ask) {
  const base = db.selectFrom('entries').innerJoin('payloads', 'payloads.position', 'entries.position').selectAll('entries');
  const entries = (limit: number) => base.select(['payloads.salt', 'payloads.data']).limit(rowsMax(limit));
  const onwards = (limit: number, after: number) => entries(limit).where('entries.position', '>', after).orderBy('entries.position');
  return {
    ofAll: byRows((limit) => compiledOnce(ask, ({ after }: { after: number }) => onwards(limit, after))),
    ofIncident: byRows((limit) =>
      compiledOnce(ask, ({ incident, after }: { incident: number; after: number }) =>
        onwards(limit, after).where('entries.incident', '=', incident),
      ),
    ),
    ofStream: byRows((limit) =>
      compiledOnce(ask, ({ stream, afterVersion }: { stream: string; afterVersion: number }) =>
        entries(limit).where('entries.stream', '=', stream).where('entries.version', '>', afterVersion).orderBy('entries.version'),
      ),
    ),
  };
}

async function byKind(db: Kysely<Tables>, { kind, open, incident, below, limit }: Extract<StreamQuery, { kind: string }>) {
  let query = db.selectFrom('streams').select(STREAM_COLUMNS).where('kind', '=', kind);
  if (open !== undefined) query = query.where('open', '=', open ? 1 : 0);
  if (incident !== undefined) query = query.where('incident', '=', incident);
  // Written so that no plan looks for it by incident: the newest one nearly always fits.
  if (below !== undefined) query = query.where(sql<SqlBool>`coalesce(incident, 0) < ${below}`);
  return query.orderBy('opened', 'desc').limit(rowsMax(limit)).execute();
}
