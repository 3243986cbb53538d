import pg from 'pg';
import { createDoor, type Door } from '../../../src/engine/door.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { systemRandomness } from '../../../src/kit/randomness.ts';
import { openPostgresStore } from '../../../src/store/postgres.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { type Figure, median, rate } from '../measure.ts';
import { type Servers, withServers } from './servers.ts';

const WRITERS = [1, 4, 16] as const;
const SUBMITS_PER_WRITER = 300;
const ROUNDS = 3;
/** About what one note is with its entry, payload, snapshot, effect and inbox row. */
const ROW_CHARS = 1_500;

export const submitFigures = (directory: string): Promise<readonly Figure[]> => withServers(directory, submitsOn);

/** Notes until they are durable in PostgreSQL, beside as many connections that insert one row each and commit. */
async function submitsOn({ postgres }: Servers): Promise<readonly Figure[]> {
  const url = await postgres.createDatabase();
  const open = async (replica: string) => {
    const { store } = await openPostgresStore(url, { broken: () => undefined, replica });
    const door = createDoor({
      store,
      catalog: () => exampleCatalog,
      clock: systemClock,
      randomness: systemRandomness,
      wake: () => undefined,
    });
    return { store, door };
  };
  const [one, two] = [await open('one'), await open('two')];
  // An incident each, as two rooms have; within one room the second to decide has to decide again.
  for (const { door } of [one, two]) await declare(door);
  const figures: Figure[] = [];
  for (const writers of WRITERS) {
    const rounds = await inRounds(url, writers, (index) => note(one.door, `${writers} ${index}`));
    figures.push({ what: `submits on PostgreSQL, ${writers} writers (bare INSERT)`, ...rounds, unit: '/s', aim: '≥ 0.50×' });
  }
  const last = WRITERS.at(-1) as number;
  const alone = figures.at(-1)?.ours ?? null;
  const both = await inRounds(url, last, (index) =>
    index % 2 === 0 ? note(one.door, `both ${index}`) : note(two.door, `both ${index}`, 2),
  );
  figures.push({ what: `two doors, ${last} writers (floor: one door)`, ours: both.ours, floor: alone, unit: '/s', aim: '–' });
  await Promise.all([one.store.close(), two.store.close()]);
  return figures;
}

async function inRounds(url: string, writers: number, submit: (index: number) => Promise<unknown>) {
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

const declare = (door: Door) => {
  const about = { severity: null, service: null, triage: false, alertGroup: null, description: null, startedAt: null };
  return door.submit({ act: { type: 'incident.declare', title: 'bench', kind: 'incident', ...about }, actor: 'person:ana' });
};

async function note(door: Door, key: string, incident = 1): Promise<void> {
  const answer = await door.submit({ act: { type: 'incident.note', incident, text: `note ${key}` }, actor: 'person:ana', key });
  if (!answer.ok) throw new Error(answer.sentence);
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
