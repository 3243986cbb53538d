import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createDoor, type Door } from '../../src/engine/door.ts';
import type { Store } from '../../src/engine/store-port.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { sha256Hex } from '../../src/kit/hashing.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { startVerification } from '../../src/ledger/verify.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Figure, median, rate, timeEach } from './measure.ts';

const ONE_BY_ONE = 1_500;
const AT_ONCE = 12_000;
const ROUNDS = 3;
const SMALL_ENTRIES = 1_000;
const LARGE_ENTRIES = 100_000;

function openDoor(store: Store): Door {
  return createDoor({ store, catalog: () => exampleCatalog, clock: systemClock, randomness: systemRandomness, wake: () => undefined });
}
const declare = (door: Door, title: string) =>
  door.submit({
    act: {
      type: 'incident.declare',
      title,
      severity: null,
      service: null,
      kind: 'incident',
      triage: false,
      alertGroup: null,
      description: null,
      startedAt: null,
    },
    actor: 'person:ana',
  });
const note = (door: Door, key: string) =>
  door.submit({ act: { type: 'incident.note', incident: 1, text: `note ${key}` }, actor: 'person:ana', key });

/** Durable submits beside a bare transaction that writes the same rows, and 64 at once. */
export async function submitFigures(directory: string): Promise<readonly Figure[]> {
  const { store } = await openSqliteStore(join(directory, 'submits.db'));
  const door = openDoor(store);
  await declare(door, 'bench');
  const bare = bareTransactions(join(directory, 'bare.db'));
  const ours: number[] = [];
  const floors: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(await rate(ONE_BY_ONE, 1, bare));
    ours.push(await rate(ONE_BY_ONE, 1, (index) => note(door, `one-${round}-${index}`)));
    many.push(await rate(AT_ONCE, 64, (index) => note(door, `many-${round}-${index}`)));
  }
  await store.close();
  return [
    { what: 'durable submits, one by one', ours: median(ours), floor: median(floors), unit: '/s', aim: '≥ 0.50×' },
    { what: 'durable submits, 64 at once', ours: median(many), floor: median(floors), unit: '/s', aim: '≥ 5×' },
  ];
}

/** The rows of one note: an entry, its payload, the snapshot, the card owed, the answer kept. Durable as ours: WAL, every commit synced. */
function bareTransactions(path: string): () => void {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec(`create table entries (position integer primary key, stream text, version integer, rest text, unique (stream, version));
    create table payloads (position integer primary key, salt text, data text);
    create table streams (stream text primary key, version integer, state text);
    create table effects (id text primary key, lane text, ready_at integer, body text);
    create table inbox (key text primary key, answer text)`);
  const entry = database.prepare('insert into entries values (?, ?, ?, ?)');
  const payload = database.prepare('insert into payloads values (?, ?, ?)');
  const stream = database.prepare(
    'insert into streams values (?, ?, ?) on conflict do update set version = excluded.version, state = excluded.state',
  );
  const effect = database.prepare('insert into effects values (?, ?, ?, ?)');
  const inbox = database.prepare('insert into inbox values (?, ?)');
  const rest = 'x'.repeat(300);
  let position = 0;
  return () => {
    position += 1;
    database.exec('begin immediate');
    entry.run(position, 'incident/1', position, rest);
    payload.run(position, 'a'.repeat(32), '{"text":"note"}');
    stream.run('incident/1', position, 'x'.repeat(900));
    effect.run(`${position}-0`, 'chat', position, '{"kind":"room.keep"}');
    inbox.run(`key-${position}`, '{"ok":true}');
    database.exec('commit');
  };
}

/** Declaring and verifying with a small and a large ledger: the first must not grow with history, the second is held against bare hashing. */
export async function ledgerFigures(directory: string): Promise<readonly Figure[]> {
  const { store } = await openSqliteStore(join(directory, 'large.db'));
  const door = openDoor(store);
  await declare(door, 'first');
  await fill(door, store, SMALL_ENTRIES);
  const small = median(await timeEach(200, (index) => declare(door, `small ${index}`)));
  await fill(door, store, LARGE_ENTRIES);
  const large = median(await timeEach(200, (index) => declare(door, `large ${index}`)));
  const [verified, hashed] = await verification(store);
  await store.close();
  return [
    { what: `declare with ${LARGE_ENTRIES} entries (floor: ${SMALL_ENTRIES})`, ours: large, floor: small, unit: 'ms', aim: 'about 1×' },
    { what: 'ledger verification (floor: bare SHA-256)', ours: verified, floor: hashed, unit: '/s', aim: '≥ 100,000/s' },
  ];
}

async function fill(door: Door, store: Store, entries: number): Promise<void> {
  const { position } = await store.head();
  await rate(Math.max(0, entries - position), 256, (index) => note(door, `fill-${entries}-${index}`));
}

async function verification(store: Store): Promise<readonly [number, number]> {
  const pages = [];
  for (let after = 0; ; ) {
    const page = await store.entries({ after, limit: 1_000 });
    const last = page.at(-1);
    if (last === undefined) break;
    pages.push(page);
    after = last.position;
  }
  const entries = pages.flat();
  const verified: number[] = [];
  const hashed: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    const run = startVerification();
    for (const entry of entries) run.add(entry);
    if (!run.finish().isSound) throw new Error('the ledger that was measured is not sound');
    verified.push(perSecond(entries.length, from));
    const bareFrom = performance.now();
    for (let index = 0; index < entries.length; index += 1) sha256Hex(BARE_TEXT);
    hashed.push(perSecond(entries.length, bareFrom));
  }
  return [median(verified), median(hashed)];
}

/** As long as an entry and its payload are on average. */
const BARE_TEXT = 'x'.repeat(470);

function perSecond(count: number, from: number): number {
  return (count / (performance.now() - from)) * 1_000;
}
