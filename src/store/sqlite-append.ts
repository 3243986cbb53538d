import type { DatabaseSync } from 'node:sqlite';
import type { Commit, CommitVerdict, EffectWrite, Settlement, StreamWrite } from '../engine/store-port.ts';
import { chain } from '../ledger/chain.ts';
import { type Entry, GENESIS, type Head } from '../ledger/entry.ts';

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
      let last = head ?? readHead(statements);
      const verdicts = commits.map((commit) => {
        const done = appendOne(statements, last, commit);
        last = done.head;
        return done.verdict;
      });
      database.exec('commit');
      head = last;
      return verdicts;
    } catch (fault) {
      // Whatever failed, nobody was answered yet: the next append reads the head anew.
      head = null;
      if (database.isTransaction) database.exec('rollback');
      throw fault;
    }
  };
}

export function readHead(statements: Pick<Statements, 'head'>): Head {
  return (statements.head.get() as Head | undefined) ?? GENESIS;
}

function prepare(database: DatabaseSync) {
  return {
    head: database.prepare('select position, hash from entries order by position desc limit 1'),
    version: database.prepare('select version from streams where stream = ?'),
    inboxed: database.prepare('select 1 as taken from inbox where key = ?'),
    entry: database.prepare(
      `insert into entries (position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    payload: database.prepare('insert into payloads (position, salt, data) values (?, ?, ?)'),
    erase: database.prepare('update payloads set salt = null, data = null where position = ?'),
    forget: database.prepare(`update effects set body = '{}' where position = ? and ready_at is null`),
    opened: database.prepare(
      `insert into streams (stream, kind, opened, version, state, fold, open, incident) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    moved: database.prepare('update streams set version = ?, state = ?, fold = ?, open = ?, incident = ? where stream = ?'),
    supersede: database.prepare(`update effects set state = 'superseded', ready_at = null where coalesce = ? and state = 'pending'`),
    effect: database.prepare(
      `insert into effects (id, position, number, lane, due_at, ready_at, body, state, coalesce, sequence, incident)
       values (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
    ),
    settle: database.prepare(
      `update effects set state = ?, reason = ?, detail = ?, ready_at = null, lease_until = null
       where id = ? and fence = ? and state = 'claimed'`,
    ),
    inbox: database.prepare('insert into inbox (key, answer, at) values (?, ?, ?)'),
  };
}

/** All of one commit or none of it: everything that can say no is asked before the first row is written. */
function appendOne(statements: Statements, head: Head, commit: Commit): { head: Head; verdict: CommitVerdict } {
  if (commit.writes.some(({ stream, expectedVersion }) => !isAt(statements, stream, expectedVersion))) return lost(head);
  if (commit.reads?.some(({ stream, version }) => !isAt(statements, stream, version)) === true) return lost(head);
  if (commit.inbox !== null && statements.inboxed.get(commit.inbox.key) !== undefined) return lost(head);
  if (commit.settle !== null && !settleOne(statements, commit.settle)) return { head, verdict: { verdict: 'fenced' } };
  const entries = writeEntries(statements, head, commit.writes);
  for (const effect of commit.effects) writeEffect(statements, effect, entries[effect.entry] as Entry);
  for (const position of commit.erase) {
    statements.erase.run(position);
    statements.forget.run(position);
  }
  if (commit.inbox !== null) statements.inbox.run(commit.inbox.key, commit.inbox.answer, commit.inbox.at);
  return {
    head: entries.at(-1) ?? head,
    verdict: { verdict: 'committed', positions: entries.map(({ position }) => position) },
  };
}

function lost(head: Head): { head: Head; verdict: CommitVerdict } {
  return { head, verdict: { verdict: 'conflict' } };
}

function isAt(statements: Statements, stream: string, version: number): boolean {
  const row = statements.version.get(stream) as { version: number } | undefined;
  return (row?.version ?? 0) === version;
}

export function settleOne(statements: Pick<Statements, 'settle'>, settlement: Settlement): boolean {
  const { state, reason, detail, effect, fence } = settlement;
  return statements.settle.run(state, reason, detail, effect, fence).changes === 1;
}

function writeEntries(statements: Statements, head: Head, writes: readonly StreamWrite[]): readonly Entry[] {
  const written: Entry[] = [];
  let last: Head = head;
  for (const write of writes) {
    const opened = last.position + 1;
    for (const unchained of write.entries) {
      const entry = chain(last, unchained);
      insertEntry(statements, entry);
      written.push(entry);
      last = entry;
    }
    writeStream(statements, write, opened);
  }
  return written;
}

function insertEntry(statements: Statements, entry: Entry): void {
  const { position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash } = entry;
  statements.entry.run(position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash);
  statements.payload.run(position, entry.salt, entry.data);
}

function writeStream(statements: Statements, write: StreamWrite, opened: number): void {
  const { stream, state, fold, incident } = write;
  const version = write.expectedVersion + write.entries.length;
  const open = write.open ? 1 : 0;
  if (write.expectedVersion > 0) {
    statements.moved.run(version, state, fold, open, incident, stream);
  } else if (version > 0) {
    statements.opened.run(stream, stream.slice(0, stream.indexOf('/')), opened, version, state, fold, open, incident);
  }
}

function writeEffect(statements: Statements, effect: EffectWrite, entry: Entry): void {
  const { number, lane, dueAt, coalesce, sequence } = effect;
  if (coalesce !== null) statements.supersede.run(coalesce);
  const { position, incident } = entry;
  const body = JSON.stringify(effect.body);
  statements.effect.run(`${position}-${number}`, position, number, lane, dueAt, dueAt, body, coalesce, sequence, incident);
}
