import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { LEDGER_FILE } from '../../../src/engines.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { commit, write } from '../../support/commits.ts';
import { type Figure, median, rate, timeEach } from '../measure.ts';
import { measureProcess } from '../processes.ts';
import { declare, note, openDoor } from './notes.ts';

interface Size {
  readonly name: string;
  readonly incidents: number;
  readonly events: number;
}
const SMALL: Size = { name: 'small', incidents: 10, events: 1_000 };
const LARGE: Size = { name: 'large', incidents: 10_000, events: 1_000_000 };
/** Short turns, and many: a machine is never equally quiet for long. */
const COMMANDS = 100;
const ROUNDS = 20;
const WARMING_UP = 400;
const DECLARED_AT_ONCE = 256;
const EVENTS_PER_STREAM = 100;
const STREAMS_AT_ONCE = 50;

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

/** A ledger of so many incidents, all open, and a past of other streams; nothing is owed any more, as at the end of a quiet day. */
async function prepared(directory: string, size: Size) {
  const folder = join(directory, size.name);
  mkdirSync(folder);
  const file = join(folder, LEDGER_FILE);
  await fill(file, size);
  // A history has long been on the disk when the next command comes.
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
  const { store } = await openSqliteStore(file);
  const door = openDoor(store);
  await timeEach(WARMING_UP, (index) => note(door, `warm ${index}`));
  return { directory: folder, door, close: () => store.close() };
}

async function fill(file: string, { name, incidents, events }: Size): Promise<void> {
  const { store, database } = await openSqliteStore(file);
  const door = openDoor(store);
  await rate(incidents, DECLARED_AT_ONCE, (index) => declare(door, `${name} ${index}`));
  const { position } = await store.head();
  const streams = Math.ceil((events - position) / EVENTS_PER_STREAM);
  for (let from = 0; from < streams; from += STREAMS_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(STREAMS_AT_ONCE, streams - from) }, (_unused, index) => from + index);
    await store.append(numbers.map((number) => commit([write(`past/${number}`, 0, EVENTS_PER_STREAM, { open: false })])));
  }
  await database.updateTable('effects').set({ state: 'done', ready_at: null }).where('ready_at', 'is not', null).execute();
  await store.close();
}

function started(data: string) {
  return measureProcess(['src/bin.js', 'start', '--json'], { ALLCLEAR_DATA: data, PORT: '0', LOG_LEVEL: 'silent' });
}
