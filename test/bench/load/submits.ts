import pg from 'pg';
import { systemClock } from '../../../src/kit/clock.ts';
import { createNewsHub } from '../../../src/kit/news.ts';
import { openPostgresStore } from '../../../src/store/postgres.ts';
import { type Figure, median, rate } from '../measure.ts';
import { declare, note, openDoor } from './notes.ts';
import { type Servers, withServers } from './servers.ts';
import { startWritingReplicas } from './writing-replicas.ts';

const WRITERS = [1, 4, 16] as const;
const SUBMITS_PER_WRITER = 300;
/** A second of them: after each change of what is measured, the first dozens are slow. */
const SUBMITS_MIN = 1_500;
/** Until Node compiles nothing any more, as in a bot that has been there for a day. */
const WARM_UP = 12_000;
const WRITERS_MAX = 16;
const ROUNDS = 9;
/** About what one note is with its entry, payload, snapshot, effect and inbox row. */
const ROW_CHARS = 1_500;
const ENTRY_CHARS = 300;
const STATE_CHARS = 700;
const SMALL_CHARS = 100;

export const submitFigures = (directory: string): Promise<readonly Figure[]> => withServers(directory, submitsOn);

/**
 * Notes until they are durable in PostgreSQL, beside as many connections that commit bare inserts: of the same rows, which is the floor of the
 * embedded engine's figures too, and of one row as long as all of them.
 */
async function submitsOn({ postgres }: Servers): Promise<readonly Figure[]> {
  const url = await postgres.createDatabase();
  const { store, listen } = await openPostgresStore(url, { broken: () => undefined, replica: 'bench' });
  // As every replica does, and by which it knows that it is alone.
  const endListening = listen(createNewsHub('bench'), systemClock);
  const door = openDoor(store);
  for (const title of ['one', 'two']) await declare(door, title);
  const figures: Figure[] = [];
  const one = await bareRows(url);
  const same = await sameRows(url);
  const submit = (key: number) => note(door, `${key}`);
  for (const work of [one.write, same.write, submit]) await rate(WARM_UP, WRITERS[1], work);
  for (const writers of WRITERS) {
    const rounds = await inRounds(writers, { one: one.write, same: same.write, submit: (index) => submit(1_000_000 * writers + index) });
    const of = `PostgreSQL, ${writers} writer${writers === 1 ? '' : 's'}`;
    figures.push({ what: `${of}: submits (the same rows)`, ours: rounds.submit, floor: rounds.same, unit: '/s', aim: '≥ 0.50×' });
    figures.push({ what: `${of}: submits (one row)`, ours: rounds.submit, floor: rounds.one, unit: '/s', aim: '≥ 0.50×' });
  }
  await Promise.all([one.end(), same.end(), endListening()]);
  await store.close();
  return [...figures, await twoReplicas(url)];
}

/** The same notes by two processes, each with half of the writers, beside one. */
async function twoReplicas(url: string): Promise<Figure> {
  const writers = WRITERS.at(-1) as number;
  const replicas = await startWritingReplicas(url, [1, 2]);
  const [one, two]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const alone = await replicas.rateOf(1, { round: round * 2, notes: SUBMITS_PER_WRITER * writers, writers });
    const both = await replicas.rateOf(2, { round: round * 2 + 1, notes: SUBMITS_PER_WRITER * writers, writers });
    // Programs that have just begun are slow, and the second began as late as the first.
    if (round === 0) continue;
    one.push(alone);
    two.push(both);
  }
  await replicas.stop();
  return { what: `two replicas, ${writers} writers (floor: one replica)`, ours: median(two), floor: median(one), unit: '/s', aim: '–' };
}

type Works = Readonly<Record<'one' | 'same' | 'submit', (index: number) => Promise<unknown>>>;

async function inRounds(writers: number, works: Works): Promise<Record<keyof Works, number>> {
  const rates = { one: [] as number[], same: [] as number[], submit: [] as number[] };
  const count = Math.max(SUBMITS_MIN, SUBMITS_PER_WRITER * writers);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of ['one', 'same', 'submit'] as const)
      rates[name].push(await rate(count, writers, (index) => works[name](round * count + index)));
  return { one: median(rates.one), same: median(rates.same), submit: median(rates.submit) };
}

interface Bare {
  write(): Promise<unknown>;
  end(): Promise<void>;
}

/** As many connections as writers; each insert of one row, as long as all of a note, is a transaction of its own. */
async function bareRows(url: string): Promise<Bare> {
  const pool = new pg.Pool({ connectionString: url, max: WRITERS_MAX });
  await pool.query('create table bare (id bigserial primary key, text text)');
  const text = 'x'.repeat(ROW_CHARS);
  return {
    write: () => pool.query({ name: 'bare', text: 'insert into bare (text) values ($1)', values: [text] }),
    end: () => pool.end(),
  };
}

const SAME_ROWS = [
  'bare_entries (position bigint primary key, stream text, version bigint, rest text, unique (stream, version))',
  'bare_payloads (position bigint primary key, salt text, data text)',
  'bare_streams (stream text primary key, version bigint, state text)',
  'bare_effects (id text primary key, position bigint, lane text, ready_at bigint, body text)',
  'bare_inbox (key text primary key, answer text)',
] as const;

/**
 * The rows of one note, an insert each, all of a note in one transaction and one round trip: an entry, its payload, the snapshot of its
 * stream, the card owed, the answer kept. Without a chain, without looking at anything, and without an order among the writers.
 */
async function sameRows(url: string): Promise<Bare> {
  const pool = new pg.Pool({ connectionString: url, max: WRITERS_MAX, pipeline: true });
  for (const table of SAME_ROWS) await pool.query(`create table ${table}`);
  const [rest, state, small] = ['x'.repeat(ENTRY_CHARS), 'x'.repeat(STATE_CHARS), 'x'.repeat(SMALL_CHARS)];
  let last = 0;
  return {
    async write() {
      last += 1;
      const position = last;
      const stream = `bare/${position % WRITERS_MAX}`;
      const client = await pool.connect();
      const insert = (table: string, values: readonly unknown[], conflict = '') => {
        const places = values.map((_value, index) => `$${index + 1}`).join(', ');
        return client.query({ name: table, text: `insert into ${table} values (${places}) ${conflict}`, values: [...values] });
      };
      await Promise.all([
        client.query('begin'),
        insert('bare_entries', [position, stream, position, rest]),
        insert('bare_payloads', [position, small, small]),
        insert(
          'bare_streams',
          [stream, position, state],
          'on conflict (stream) do update set version = excluded.version, state = excluded.state',
        ),
        insert('bare_effects', [`${position}-0`, position, 'chat', position, small]),
        insert('bare_inbox', [`key ${position}`, small]),
        client.query('commit'),
      ]);
      client.release();
    },
    end: () => pool.end(),
  };
}
