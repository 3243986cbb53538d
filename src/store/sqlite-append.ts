import type { DatabaseSync } from 'node:sqlite';
import type { Commit, CommitVerdict } from '../engine/store-port.ts';
import { chain } from '../ledger/chain.ts';
import { GENESIS, type Head } from '../ledger/entry.ts';
import { type Batch, judgeBatch, type Known, verdictsAfter } from './append-batch.ts';

type Statements = ReturnType<typeof prepare>;

/**
 * Appends commits in one transaction. Synchronous and with statements prepared once: this is the path every
 * acknowledged word takes, and all of it happens between two ticks of the event loop.
 */
export function createAppend(database: DatabaseSync): (commits: readonly Commit[]) => readonly CommitVerdict[] {
  const statements = prepare(database);
  let head: Head | null = null;
  return (commits) => {
    database.exec('begin immediate');
    try {
      const batch = judgeBatch(readKnown(statements, commits), commits);
      const before = head ?? readHead(statements);
      const after = write(statements, before, batch);
      database.exec('commit');
      head = after;
      return verdictsAfter(before.position, batch);
    } catch (fault) {
      // Whatever failed, nobody was answered yet: the next append reads the head anew.
      head = null;
      if (database.isTransaction) database.exec('rollback');
      throw fault;
    }
  };
}

/** The first answer to an inbound key, asked without building a query: every submit asks it. */
export function createAnswered(database: DatabaseSync): (key: string) => string | null {
  const statement = database.prepare('select answer from inbox where key = ?');
  return (key) => (statement.get(key) as { readonly answer: string } | undefined)?.answer ?? null;
}

function prepare(database: DatabaseSync) {
  return {
    head: database.prepare('select position, hash from entries order by position desc limit 1'),
    version: database.prepare('select version from streams where stream = ?'),
    inboxed: database.prepare('select 1 as taken from inbox where key = ?'),
    claimed: database.prepare(`select fence from effects where id = ? and state = 'claimed'`),
    entry: database.prepare(
      `insert into entries (position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    payload: database.prepare('insert into payloads (position, salt, data) values (?, ?, ?)'),
    erase: database.prepare('update payloads set salt = null, data = null where position = ?'),
    forget: database.prepare(`update effects set body = '{}' where position = ? and ready_at is null`),
    stream: database.prepare(
      `insert into streams (stream, kind, opened, version, state, fold, open, incident) values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (stream) do update set version = excluded.version, state = excluded.state, fold = excluded.fold,
         open = excluded.open, incident = excluded.incident`,
    ),
    supersede: database.prepare(`update effects set state = 'superseded', ready_at = null where coalesce = ? and state = 'pending'`),
    effect: database.prepare(
      `insert into effects (id, position, number, lane, due_at, ready_at, body, state, reason, detail, coalesce, sequence, incident)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    settle: database.prepare(`update effects set state = ?, reason = ?, detail = ?, ready_at = null, lease_until = null where id = ?`),
    inbox: database.prepare('insert into inbox (key, answer, at) values (?, ?, ?)'),
  };
}

function readHead(statements: Statements): Head {
  return (statements.head.get() as Head | undefined) ?? GENESIS;
}

/** Everything the verdicts hang on, before the first row is written. */
function readKnown(statements: Statements, commits: readonly Commit[]): Known {
  const known: Known = { versions: new Map(), inbox: new Set(), claimed: new Map() };
  for (const { writes, reads = [], inbox, settle } of commits) {
    for (const { stream } of writes) know(statements, known, stream);
    for (const { stream } of reads) know(statements, known, stream);
    if (inbox !== null && statements.inboxed.get(inbox.key) !== undefined) known.inbox.add(inbox.key);
    if (settle === null) continue;
    const row = statements.claimed.get(settle.effect) as { readonly fence: number } | undefined;
    if (row !== undefined) known.claimed.set(settle.effect, row.fence);
  }
  return known;
}

function know(statements: Statements, { versions }: Known, stream: string): void {
  if (versions.has(stream)) return;
  const row = statements.version.get(stream) as { readonly version: number } | undefined;
  versions.set(stream, row?.version ?? 0);
}

/** Chains and writes the rows of a batch; answers the new head. */
function write(statements: Statements, before: Head, { entries, streams, effects, supersede, settlements, inbox, erase }: Batch): Head {
  for (const { state, reason, detail, effect } of settlements) statements.settle.run(state, reason, detail, effect);
  let head = before;
  for (const unchained of entries) {
    const entry = chain(head, unchained);
    const { position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash, salt, data } = entry;
    statements.entry.run(position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash);
    statements.payload.run(position, salt, data);
    head = entry;
  }
  for (const { stream, kind, opened, version, state, fold, open, incident } of streams)
    statements.stream.run(stream, kind, before.position + opened, version, state, fold, open, incident);
  for (const key of supersede) statements.supersede.run(key);
  for (const { position: place, number, lane, due_at, ready_at, body, state, reason, detail, coalesce, sequence, incident } of effects) {
    const position = before.position + place;
    const id = `${position}-${number}`;
    statements.effect.run(id, position, number, lane, due_at, ready_at, body, state, reason, detail, coalesce, sequence, incident);
  }
  for (const position of erase) {
    statements.erase.run(position);
    statements.forget.run(position);
  }
  for (const { key, answer, at } of inbox) statements.inbox.run(key, answer, at);
  return head;
}
