import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDoor, type Door } from '../../../src/engine/door.ts';
import { LEDGER_FILE } from '../../../src/engines.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { systemRandomness } from '../../../src/kit/randomness.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { type Figure, median, rate, timeEach } from '../measure.ts';
import { measureProcess } from '../processes.ts';

interface Size {
  readonly name: string;
  readonly incidents: number;
  readonly events: number;
}
const SMALL: Size = { name: 'small', incidents: 10, events: 1_000 };
const LARGE: Size = { name: 'large', incidents: 10_000, events: 1_000_000 };
const COMMANDS = 400;
const ROUNDS = 5;
const FILL_AT_ONCE = 256;

/** A long history beside a short one: what a command, a start and the memory of the process cost must not grow with it. */
export async function historyFigures(directory: string): Promise<readonly Figure[]> {
  const [small, large] = [await prepared(directory, SMALL), await prepared(directory, LARGE)];
  const latencies = { small: [] as number[], large: [] as number[] };
  // Turn by turn, so that whatever else this machine does is in both.
  for (let round = 0; round < ROUNDS; round += 1) {
    latencies.small.push(median(await timeEach(COMMANDS, (index) => note(small.door, `${round} ${index}`))));
    latencies.large.push(median(await timeEach(COMMANDS, (index) => note(large.door, `${round} ${index}`))));
  }
  await Promise.all([small.close(), large.close()]);
  const [short, long] = [await started(small.directory), await started(large.directory)];
  const beside = `(floor: ${SMALL.events.toLocaleString('en')})`;
  return [
    {
      what: `command, 1,000,000 events ${beside}`,
      ours: median(latencies.large),
      floor: median(latencies.small),
      unit: 'ms',
      aim: '≤ 1.20×',
    },
    { what: `ready after, 10,000 open incidents`, ours: long.readyMs, floor: short.readyMs, unit: 'ms', aim: 'about 1×' },
    { what: `resident when ready, the same`, ours: long.residentMb, floor: short.residentMb, unit: 'MB', aim: 'about 1×' },
  ];
}

/** A ledger of so many incidents, all open, with notes spread over them; nothing is owed any more, as at the end of a quiet day. */
async function prepared(directory: string, { name, incidents, events }: Size) {
  const folder = join(directory, name);
  mkdirSync(folder);
  const { store, database } = await openSqliteStore(join(folder, LEDGER_FILE));
  const door = createDoor({
    store,
    catalog: () => exampleCatalog,
    clock: systemClock,
    randomness: systemRandomness,
    wake: () => undefined,
  });
  await rate(incidents, FILL_AT_ONCE, (index) => declare(door, `${name} ${index}`));
  const { position } = await store.head();
  await rate(events - position, FILL_AT_ONCE, (index) => note(door, `fill ${index}`, 1 + (index % incidents)));
  await database.updateTable('effects').set({ state: 'done', ready_at: null }).where('ready_at', 'is not', null).execute();
  return { directory: folder, door, close: () => store.close() };
}

async function declare(door: Door, title: string): Promise<void> {
  const about = { severity: null, service: null, triage: false, alertGroup: null, description: null, startedAt: null };
  await door.submit({ act: { type: 'incident.declare', title, kind: 'incident', ...about }, actor: 'person:ana' });
}

async function note(door: Door, key: string, incident = 1): Promise<void> {
  const answer = await door.submit({ act: { type: 'incident.note', incident, text: `note ${key}` }, actor: 'person:ana', key });
  if (!answer.ok) throw new Error(answer.sentence);
}

function started(data: string) {
  return measureProcess(['src/bin.js', 'start', '--json'], { ALLCLEAR_DATA: data, PORT: '0', LOG_LEVEL: 'silent' });
}
