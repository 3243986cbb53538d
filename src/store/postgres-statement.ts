import { PLACE_BETWEEN, type Placeless } from '../ledger/chain.ts';
import type { Batch } from './append-batch.ts';
import { LEDGER_CHANNEL } from './postgres-news.ts';
import {
  ANSWER,
  cells,
  EFFECT,
  ENTRY,
  EXPECTED,
  jsonOf,
  MOVED_STREAM,
  NUMBERED_ENTRY,
  type Parameter,
  STREAM,
  valuesOf,
} from './postgres-rows.ts';

/** What is to be written, and what has to be so for it. */
export interface Asked extends Pick<Batch, 'entries' | 'streams' | 'effects' | 'supersede' | 'inbox'> {
  /** What is hashed of each entry, before its place and after the hash of the one before it. */
  readonly hashed: readonly Placeless[];
  readonly expected: readonly { readonly stream: string; readonly expected: number }[];
  /** Positions, numbers, ids, fences, states, reasons and details of what is settled, as an array each. */
  readonly settling: readonly (readonly unknown[])[];
  /** What the others are told, as JSON up to the position before; null tells nobody. */
  readonly told: string | null;
}
/** A statement for `client.query` that each connection plans once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  values(asked: Asked): unknown[];
}

// The head is moved before anything else, so that nobody waits for it who holds something else. Every append makes a new version of
// that row, also one that adds no entry: who had to wait for it finds another than the one it sees, and whatever else it sees need not hold.
const HEAD = { head: 'select position, hash, xmin as version from ledger_head', isFresh: 'xmin = (select version from head)' };
/** Who settles looks first at what it holds, with the head locked: of what it waited for it sees the newest version. */
const LOCKED_HEAD = { head: `${HEAD.head} for update`, isFresh: '(select version from head) = (select xmin from ledger_head)' };

/** Says what is written, for at most `few` rows of each table or any number, whether anything is settled, and whether streams are there already. */
export function statement(few: number | null, settles: boolean, moves: boolean): Statement {
  const readers: ((asked: Asked) => unknown)[] = [];
  const parameter: Parameter<Asked> = (type, read) => `$${readers.push(read)}::${type}`;
  const { held, allHeld, settled } = settles ? settlement(parameter) : NO_SETTLEMENT;
  const { isExpected, isTaken, superseded, ...parts } = few === null ? manyRows(parameter) : fewRows(few, parameter, moves);
  const { head, isFresh } = settles ? LOCKED_HEAD : HEAD;
  const count = parameter('bigint', ({ entries }) => entries.length);
  const text = `with recursive
      head as materialized (${head}), ${held}
      ${parts.chain}
      moved as (
        update ledger_head set position = position + ${count}, hash = ${parts.made}
        where ${isFresh} and ${isExpected} and not exists (select from inbox where ${isTaken}) ${allHeld}
        returning position - ${count} as position),
      ${parts.entries},
      ${moves ? movedStreams(parts.streams) : newStreams(parts.streams)},
      superseded as (
        update effects set state = 'superseded', ready_at = null
        where exists (select from moved) and ${superseded} and state = 'pending'),
      new_effects as (
        insert into effects (id, position, number, lane, due_at, ready_at, body, state, reason, detail, "coalesce", sequence, incident)
        select moved.position + row.position || '-' || number, moved.position + row.position, number, lane, due_at, ready_at, body, state,
          reason, detail, "coalesce", sequence, incident
        from moved, ${parts.effects}),
      ${settled}
      new_inbox as (insert into inbox (key, answer, at) select key, answer, at from moved, ${parts.inbox})
      select ${told(parameter, count)} as position from moved`;
  return {
    name: `allclear-write-${few ?? 'many'}${moves ? '-moves' : ''}${settles ? '-and-settle' : ''}`,
    text,
    values: (asked) => readers.map((read) => read(asked)),
  };
}

const newStreams = (rows: string): string => `new_streams as (
        insert into streams (stream, kind, opened, version, state, fold, open, incident)
        select stream, kind, position + opened, version, state, fold, open, incident from moved, ${rows}
        on conflict (stream) do update set version = excluded.version, state = excluded.state, fold = excluded.fold,
          open = excluded.open, incident = excluded.incident)`;

const movedStreams = (rows: string): string => `moved_streams as (
        update streams set version = row.version, state = row.state, fold = row.fold, open = row.open, incident = row.incident
        from moved, ${rows} where streams.stream = row.stream)`;

/** Hashes are made here and in `src/ledger/chain.ts`, which says what is hashed. */
const hashOf = (before: string, position: string, previous: string, after: string): string =>
  `encode(sha256(convert_to(${before} || (${position}) || '${PLACE_BETWEEN}"' || ${previous} || '"' || ${after}, 'UTF8')), 'hex')`;

const INTO_ENTRIES = `insert into entries (stream, version, type, schema, incident, at, actor, cause, digest, position, previous, hash)
        select stream, version, type, schema, incident, at, actor, cause, digest, moved.position + number`;
const INTO_PAYLOADS = 'insert into payloads (salt, data, position) select salt, data, moved.position + number';

/** What a statement says of the rows it is given. */
interface Rows {
  /** Conditions: every stream is at its version, a key of the inbox is taken, a pending effect is replaced. */
  readonly isExpected: string;
  readonly isTaken: string;
  readonly superseded: string;
  /** The hashes that bind the entries after the head. */
  readonly chain: string;
  /** The entries inserted, with their payloads. */
  readonly entries: string;
  /** The hash of the last one, or of the head when there is none. */
  readonly made: string;
  /** Relations named "row". */
  readonly streams: string;
  readonly effects: string;
  readonly inbox: string;
}

/** Each cell is a parameter. Of a row that is not there all are null, which no condition minds. */
function fewRows(few: number, parameter: Parameter<Asked>, moves: boolean): Rows {
  const expected = cells(EXPECTED, few, parameter, (asked) => asked.expected);
  const inbox = cells(ANSWER, few, parameter, (asked) => asked.inbox);
  const superseded = Array.from({ length: few }, (_none, index) => parameter('text', ({ supersede }) => supersede[index]));
  return {
    isExpected: expected.map(({ stream, expected: version }) => isAt(stream, version)).join(' and '),
    isTaken: `key in (${inbox.map(({ key }) => key).join(', ')})`,
    superseded: `"coalesce" in (${superseded.join(', ')})`,
    ...fewEntries(few, parameter),
    streams: valuesOf(cells(moves ? MOVED_STREAM : STREAM, few, parameter, ({ streams }) => streams)),
    effects: valuesOf(cells(EFFECT, few, parameter, ({ effects }) => effects)),
    inbox: valuesOf(inbox),
  };
}
const isAt = (stream = '', version = ''): string =>
  `coalesce((select version from streams where stream = ${stream}), 0) = coalesce(${version}, 0)`;

/** Each entry is a link that is made from the one before; of one that is not there, the hash is null. */
function fewEntries(few: number, parameter: Parameter<Asked>): Pick<Rows, 'chain' | 'entries' | 'made'> {
  const rows = cells(ENTRY, few, parameter, ({ entries }) => entries);
  const links = rows.map((_row, index) => {
    const before = parameter('text', ({ hashed }) => hashed[index]?.before);
    const after = parameter('text', ({ hashed }) => hashed[index]?.after);
    return `${link(index + 1)} as materialized (
        select position + 1 as position, ${hashOf(before, 'position + 1', 'hash', after)} as hash from ${link(index)}),`;
  });
  const hash = (index: number) => `(select hash from ${link(index)})`;
  const entries = rows.map(({ salt: _salt, data: _data, ...row }, index) => {
    const digest = parameter('text', ({ hashed }) => hashed[index]?.digest);
    return { ...row, number: `${index + 1}`, digest, previous: hash(index), hash: hash(index + 1) };
  });
  const payloads = rows.map(({ salt = '', data = '' }, index) => ({ salt, data, number: `${index + 1}` }));
  return {
    chain: links.join('\n      '),
    entries: `new_entries as (${INTO_ENTRIES}, row.previous, row.hash from moved, ${valuesOf(entries)}),
      new_payloads as (${INTO_PAYLOADS} from moved, ${valuesOf(payloads)})`,
    made: `coalesce(${Array.from({ length: few + 1 }, (_none, index) => hash(few - index)).join(', ')})`,
  };
}
const link = (number: number): string => (number === 0 ? 'head' : `link_${number}`);

/** Each table is one parameter of JSON, and the chain is made by recursion. */
function manyRows(parameter: Parameter<Asked>): Rows {
  const keys = parameter('text[]', ({ inbox }) => inbox.map(({ key }) => key));
  return {
    isExpected: `not exists (
          select from ${jsonOf(EXPECTED, parameter, ({ expected }) => expected)} left join streams using (stream)
          where coalesce(version, 0) <> expected)`,
    isTaken: `key = any(${keys})`,
    superseded: `"coalesce" = any(${parameter('text[]', ({ supersede }) => supersede)})`,
    ...manyEntries(parameter),
    streams: jsonOf(STREAM, parameter, ({ streams }) => streams),
    effects: jsonOf(EFFECT, parameter, ({ effects }) => effects),
    inbox: jsonOf(ANSWER, parameter, ({ inbox }) => inbox),
  };
}

function manyEntries(parameter: Parameter<Asked>): Pick<Rows, 'chain' | 'entries' | 'made'> {
  const before = parameter('text[]', ({ hashed }) => hashed.map((one) => one.before));
  const after = parameter('text[]', ({ hashed }) => hashed.map((one) => one.after));
  const hash = hashOf(`(${before})[number + 1]`, 'position + 1', 'hash', `(${after})[number + 1]`);
  return {
    chain: `chained (number, position, hash) as (
        select 0::bigint, position, hash from head
        union all
        select number + 1, position + 1, ${hash} from chained where number < cardinality(${before})),
      hashes as materialized (select array_agg(hash order by number) as made from chained),`,
    entries: `facts as materialized (select * from ${jsonOf(NUMBERED_ENTRY, parameter, numbered)}),
      new_entries as (${INTO_ENTRIES}, made[number], made[number + 1] from moved, hashes, facts),
      new_payloads as (${INTO_PAYLOADS} from moved, facts)`,
    made: `(select made[cardinality(made)] from hashes)`,
  };
}

const numbered = ({ entries, hashed }: Asked): readonly object[] =>
  entries.map((entry, index) => ({ ...entry, number: index + 1, digest: hashed[index]?.digest }));

/** Nothing is written unless every settled effect is still claimed by whoever settles it. Most batches settle nothing. */
function settlement(parameter: Parameter<Asked>): Record<'held' | 'allHeld' | 'settled', string> {
  const [positions, numbers, ids, fences, states, reasons, details] = SETTLEMENT.map((type, index) =>
    parameter(type, ({ settling }) => settling[index]),
  );
  // By the place in the arrays: a join of two lists the planner knows nothing about compares each row with each.
  const place = `array_position(${ids}, id)`;
  const isNamed = `effects.position = any(${positions}) and number = any(${numbers}) and id = any(${ids})`;
  return {
    held: `held as materialized (
        select id, fence from effects where ${isNamed} and state = 'claimed' and exists (select from head) for update),`,
    allHeld: `and (select count(*) from held where fence = (${fences})[${place}]) = cardinality(${ids})`,
    settled: `settled as (
        update effects set state = (${states})[${place}], reason = (${reasons})[${place}], detail = (${details})[${place}],
          ready_at = null, lease_until = null
        from moved where ${isNamed}),`,
  };
}
/** The types of what `settlementColumns` answers. */
const SETTLEMENT = ['bigint[]', 'integer[]', 'text[]', 'integer[]', 'text[]', 'text[]', 'text[]'];
const NO_SETTLEMENT = { held: '', allHeld: '', settled: '' };

/** Where the head was, told or not. In the same transaction: the others hear of it when it is there to be read, and never of what was rolled back. */
function told(parameter: Parameter<Asked>, count: string): string {
  const text = parameter('text', (asked) => asked.told);
  const notified = `pg_notify('${LEDGER_CHANNEL}', ${text} || position || ',"position":' || (position + ${count}) || '}')`;
  return `case when ${text} is null then position when ${notified} is not null then position end`;
}
