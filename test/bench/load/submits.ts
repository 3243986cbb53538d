import pg from 'pg';
import { openPostgresStore } from '../../../src/store/postgres.ts';
import { type Figure, median, rate } from '../measure.ts';
import { declare, note, openDoor } from './notes.ts';
import { type Servers, withServers } from './servers.ts';
import { startWritingReplicas } from './writing-replicas.ts';

const WRITERS = [1, 4, 16] as const;
const SUBMITS_PER_WRITER = 300;
const ROUNDS = 3;
/** About what one note is with its entry, payload, snapshot, effect and inbox row. */
const ROW_CHARS = 1_500;

export const submitFigures = (directory: string): Promise<readonly Figure[]> => withServers(directory, submitsOn);

/** Notes until they are durable in PostgreSQL, beside as many connections that insert one row each and commit. */
async function submitsOn({ postgres }: Servers): Promise<readonly Figure[]> {
  const url = await postgres.createDatabase();
  const { store } = await openPostgresStore(url, { broken: () => undefined, replica: 'bench' });
  const door = openDoor(store);
  for (const title of ['one', 'two']) await declare(door, title);
  const figures: Figure[] = [];
  for (const writers of WRITERS) {
    const rounds = await inRounds(url, writers, (key) => note(door, `${writers} ${key}`));
    figures.push({ what: `submits on PostgreSQL, ${writers} writers (bare INSERT)`, ...rounds, unit: '/s', aim: '≥ 0.50×' });
  }
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

async function inRounds(url: string, writers: number, submit: (key: number) => Promise<unknown>) {
  const ours: number[] = [];
  const floors: number[] = [];
  const insert = await bareInserts(url, writers);
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(await rate(SUBMITS_PER_WRITER * writers, writers, insert.one));
    ours.push(await rate(SUBMITS_PER_WRITER * writers, writers, (index) => submit(round * 1_000_000 + index)));
  }
  await insert.end();
  return { ours: median(ours), floor: median(floors) };
}

/** As many connections as writers; each insert is a transaction of its own. */
async function bareInserts(url: string, writers: number) {
  const pool = new pg.Pool({ connectionString: url, max: writers });
  await pool.query('create table if not exists bare (id bigserial primary key, text text)');
  const text = 'x'.repeat(ROW_CHARS);
  return {
    one: () => pool.query({ name: 'bare', text: 'insert into bare (text) values ($1)', values: [text] }),
    end: () => pool.end(),
  };
}
