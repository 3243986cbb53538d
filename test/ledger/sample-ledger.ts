import { chain, digestOf, type Fact, hashOf, seal } from '../../src/ledger/chain.ts';
import { type Entry, GENESIS } from '../../src/ledger/entry.ts';

/** A seeded stream of chance (mulberry32), so that a failing ledger can be built again. */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

export function salt(number: number): string {
  return number.toString(16).padStart(32, '0');
}

const TEXTS = [
  'checkout is down',
  'Zürich – 🔥 „quote" \\ back',
  '',
  'line\nbreak\ttab',
  'two\u2028paragraphs',
  'x'.repeat(300),
  '<!channel> {"json":1}',
];
const TYPES = ['incident.declared', 'incident.noted', 'page.started', 'switch.flipped'];

/** Entries as the engine writes them: several streams, gapless versions, every n-th entry an erasure of an earlier payload. */
export function sampleLedger(options: {
  readonly entries: number;
  readonly seed?: number;
  readonly eraseEvery?: number;
}): readonly Entry[] {
  const { entries, seed = 1, eraseEvery = 0 } = options;
  const roll = dice(seed);
  const versions = new Map<string, number>();
  const ledger: Entry[] = [];
  while (ledger.length < entries) {
    const place = randomPlace(roll, ledger.length);
    const version = (versions.get(place.stream) ?? 0) + 1;
    versions.set(place.stream, version);
    const erased = eraseEvery > 0 && (ledger.length + 1) % eraseEvery === 0 ? roll(ledger.length) : null;
    const fact: Fact = { ...place, version, ...(erased === null ? randomText(roll) : erasure(erased + 1)) };
    ledger.push(chain(ledger.at(-1) ?? GENESIS, seal(fact, salt(roll(1_000_000_000)))));
    if (erased !== null) eraseAt(ledger, erased);
  }
  return ledger;
}

function randomPlace(roll: (sides: number) => number, index: number): Omit<Fact, 'version' | 'type' | 'schema' | 'data'> {
  const incident = 1 + roll(3);
  return {
    stream: roll(4) === 0 ? `page/${incident}-${1 + roll(2)}` : `incident/${incident}`,
    incident: roll(5) === 0 ? null : incident,
    at: 1_780_000_000_000 + index * 1_000 + roll(1_000),
    actor: roll(2) === 0 ? 'person:ana' : 'allclear',
    cause: salt(roll(1_000_000)),
  };
}

function randomText(roll: (sides: number) => number): Pick<Fact, 'type' | 'schema' | 'data'> {
  const data = { text: TEXTS[roll(TEXTS.length)], count: roll(10), tags: [null, true] };
  return { type: TYPES[roll(TYPES.length)] as string, schema: 1 + roll(2), data };
}

function erasure(position: number): Pick<Fact, 'type' | 'schema' | 'data'> {
  return { type: 'entry.redacted', schema: 1, data: { position, reason: 'a password' } };
}

/** An announcement is never erased itself: it would announce nothing any more. */
function eraseAt(ledger: Entry[], index: number): void {
  const entry = ledger[index];
  if (entry !== undefined && entry.type !== 'entry.redacted') ledger[index] = { ...entry, salt: null, data: null };
}

/** The same entries with every hash computed again from `from` on: what somebody writes who has the database and knows the format. */
export function rechained(entries: readonly Entry[], from = 1): readonly Entry[] {
  const ledger = [...entries.slice(0, from - 1)];
  for (const entry of entries.slice(from - 1)) {
    const head = ledger.at(-1) ?? GENESIS;
    const digest = entry.salt === null || entry.data === null ? entry.digest : digestOf(entry.salt, entry.data);
    const header = { ...entry, digest, position: head.position + 1, previous: head.hash };
    ledger.push({ ...header, hash: hashOf(header) });
  }
  return ledger;
}
