import { hashOf } from './chain.ts';
import { type Entry, GENESIS } from './entry.ts';
import { isEntry } from './entry-shape.ts';
import { edited, type Fault, inserted, removed, reordered } from './fault.ts';
import { type LostAndFound, lostAndFound } from './lost-and-found.ts';

/** How many later entries are looked at before one that does not fit is judged: intruders come alone or in small groups. */
const LOOKAHEAD = 8;
/** How far back a second history may branch off and still be called that. */
const RECENT = 64;
/** How many positions up and down are tried for an entry that somebody renumbered. */
const RENUMBERING_MAX = 16;

/** Who is told what is found. */
export interface Listener {
  report(fault: Fault): void;
  /** The chain is not what was written from here on, whatever the fault turns out to be in the end. */
  doubt(): void;
  /** An entry with a place in the chain, in order. `isIntact` tells that its header is the one that was hashed. */
  accept(entry: Entry, position: number, isIntact: boolean): void;
}
export interface OrderCheck {
  add(entry: Entry): void;
  /** Judges what was still waiting; answers the last position of the chain. */
  finish(): number;
}

/** Where the check stands. `entry` is the last one with a place; it is handed on when the next one has confirmed it. */
interface Walk {
  readonly listener: Listener;
  entry: Entry | null;
  position: number;
  hash: string;
  /** What `entry` really hashes to; differs from `hash` when somebody edited one of them. */
  rightHash: string;
  isIntact: boolean;
  /** Added to every stored position, once it is clear that somebody renumbered. */
  shift: number;
  /** Hashes of the last entries, by position modulo `RECENT`. */
  readonly recent: string[];
  readonly lost: LostAndFound;
}

/**
 * Follows the chain through entries in the order they are stored, and says where it was tampered with. After a fault
 * it finds back into the chain, so that one fault hides no other. Memory does not grow with the ledger.
 */
export function orderCheck(listener: Listener): OrderCheck {
  const walk: Walk = {
    listener,
    entry: null,
    position: GENESIS.position,
    hash: GENESIS.hash,
    rightHash: GENESIS.hash,
    isIntact: true,
    shift: 0,
    recent: [],
    lost: lostAndFound(listener.report),
  };
  const waiting: Entry[] = [];
  const judge = (waitingMax: number): void => {
    for (let entry = waiting[0]; entry !== undefined; entry = waiting[0]) {
      const isNext = continues(walk, entry);
      if (!isNext && waiting.length <= waitingMax) return;
      waiting.shift();
      if (isNext) take(walk, entry, walk.position + 1, true);
      else judgeMisfit(walk, entry, waiting);
    }
  };
  return {
    add(entry) {
      if (waiting.length === 0 && continues(walk, entry)) {
        take(walk, entry, walk.position + 1, true);
        return;
      }
      waiting.push(entry);
      judge(LOOKAHEAD);
    },
    finish() {
      judge(0);
      reclaimNewest(walk);
      walk.lost.settle();
      handOn(walk);
      return walk.position;
    },
  };
}

function continues(walk: Walk, entry: Entry): boolean {
  return isEntry(entry) && placeOf(walk, entry) === walk.position + 1 && entry.previous === walk.hash && fitsItsHash(walk, entry);
}

function judgeMisfit(walk: Walk, entry: Entry, rest: readonly Entry[]): void {
  const isGenuine = isEntry(entry) && (fitsItsHash(walk, entry) || wasRenumbered(walk, entry, rest));
  const expected = walk.position + 1;
  if (isIntruder(walk, entry, rest)) setAside(walk, entry, expected, isGenuine);
  else if (!isGenuine) judgeDamaged(walk, entry, rest);
  else if (isLinked(walk, entry)) judgeLinked(walk, entry);
  else if (placeOf(walk, entry) > expected) judgeAhead(walk, entry, rest);
  else if (placeOf(walk, entry) < expected) judgeBehind(walk, entry, rest);
  else judgeUnlinked(walk, entry, rest);
}

/** Nothing that follows builds on it, while something that follows builds on the entry before it. */
function isIntruder(walk: Walk, entry: Entry, rest: readonly Entry[]): boolean {
  return !isBuiltOn(entry.hash, rest) && rest.some((later) => isLinked(walk, later));
}

/** Its own hash does not fit: somebody changed a field, or it was never written by us. */
function judgeDamaged(walk: Walk, entry: Entry, rest: readonly Entry[]): void {
  const expected = walk.position + 1;
  const place = placeOf(walk, entry);
  const isFollowed = isBuiltOn(entry.hash, rest);
  if (!isLinked(walk, entry) && !isFollowed && place !== expected) {
    setAside(walk, entry, expected, false);
    return;
  }
  const [next] = rest;
  const isPastGap = !isLinked(walk, entry) && isFollowed && place > expected && next !== undefined && placeOf(walk, next) === place + 1;
  if (isPastGap) passOver(walk, entry, place);
  const position = isPastGap ? place : expected;
  report(walk, edited(position, changedPart(walk, entry, position, rest)));
  take(walk, entry, position, false);
}

/** Genuine and linked, but numbered wrongly: whoever forged this recomputed the hashes. */
function judgeLinked(walk: Walk, entry: Entry): void {
  const expected = walk.position + 1;
  const place = placeOf(walk, entry);
  const how = `entry ${place} follows entry ${walk.position}, with recomputed hashes`;
  if (place > expected) report(walk, removed(expected, place - 1, how));
  if (place < expected) report(walk, inserted(expected, expected, how));
  take(walk, entry, place, true);
}

function judgeAhead(walk: Walk, entry: Entry, rest: readonly Entry[]): void {
  const expected = walk.position + 1;
  const place = placeOf(walk, entry);
  const isEarly = rest.some((later) => {
    const laterPlace = placeOf(walk, later);
    return laterPlace >= expected && laterPlace < place && isEntry(later) && fitsItsHash(walk, later);
  });
  if (isEarly) {
    setAside(walk, entry, expected, true);
    return;
  }
  passOver(walk, entry, place);
  take(walk, entry, place, true);
}

function judgeBehind(walk: Walk, entry: Entry, rest: readonly Entry[]): void {
  const place = placeOf(walk, entry);
  const isCopy = walk.recent[place % RECENT] === entry.hash;
  const parent = place === 1 ? GENESIS.hash : walk.recent[(place - 1) % RECENT];
  const isSecondHistory = !walk.lost.isMissing(place) && !isCopy && entry.previous === parent && walk.position - place < RECENT - 1;
  if (isSecondHistory && isBuiltOn(entry.hash, rest) && !isBuiltOn(walk.hash, rest)) {
    report(walk, inserted(place, walk.position, 'the entries that follow continue from another one'));
    walk.entry = null;
    take(walk, entry, place, true);
    return;
  }
  setAside(walk, entry, isSecondHistory ? place : walk.position + 1, true);
}

/** In its place with a fitting hash, but naming another entry before it: one of the two was changed and hashed again. */
function judgeUnlinked(walk: Walk, entry: Entry, rest: readonly Entry[]): void {
  const isChanged = walk.position === 0 || (rest.length > 0 && !isBuiltOn(entry.hash, rest));
  if (isChanged) report(walk, edited(walk.position + 1, 'it names another entry before it, and its hash was computed again'));
  else report(walk, edited(walk.position, 'its hash was computed again, the entry after it still names the old one'));
  take(walk, entry, walk.position + 1, !isChanged);
}

/**
 * Removing or inserting a row in a table with a unique position means renumbering all that follow: their hashes then
 * fit another position, and so does the next one's by the same distance. From there on all are read shifted.
 */
function wasRenumbered(walk: Walk, entry: Entry, rest: readonly Entry[]): boolean {
  const expected = walk.position + 1;
  for (let place = Math.max(1, expected - RENUMBERING_MAX); place <= expected + RENUMBERING_MAX; place += 1) {
    if (hashAt(entry, place) !== entry.hash) continue;
    const shift = place - entry.position;
    const [next] = rest;
    // The newest entry has no next one to ask: it counts as renumbered when it claims the place it stands in.
    const isShiftedToo =
      next === undefined ? placeOf(walk, entry) === expected : isEntry(next) && hashAt(next, next.position + shift) === next.hash;
    if (isShiftedToo) walk.shift = shift;
    return isShiftedToo;
  }
  return false;
}

/** Which part of a damaged entry was changed, as far as hashes can tell. */
function changedPart(walk: Walk, entry: Entry, position: number, rest: readonly Entry[]): string {
  if (!isEntry(entry)) return 'a field has the wrong type';
  if (hashAt(entry, position) === entry.hash) return 'its position';
  if (isBuiltOn(hashAt(entry, position), rest)) return 'its hash';
  if (hashAt({ ...entry, previous: walk.hash }, position) === entry.hash) return 'its link to the entry before';
  return 'its header does not fit its hash';
}

/** What was moved to the end is the last of the chain after all. */
function reclaimNewest(walk: Walk): void {
  for (let stray = walk.lost.reclaim(walk.position, walk.hash); stray !== null; stray = walk.lost.reclaim(walk.position, walk.hash)) {
    report(walk, reordered(walk.position + 1, stray.slot));
    take(walk, stray.entry, walk.position + 1, true);
  }
}

function report(walk: Walk, fault: Fault): void {
  walk.listener.doubt();
  walk.listener.report(fault);
}

function passOver(walk: Walk, entry: Entry, place: number): void {
  walk.listener.doubt();
  walk.lost.passOver({ from: walk.position + 1, through: place - 1, hash: entry.previous });
}

function setAside(walk: Walk, entry: Entry, slot: number, isGenuine: boolean): void {
  walk.lost.setAside({ entry, slot, place: isGenuine ? placeOf(walk, entry) : null });
}

function take(walk: Walk, entry: Entry, position: number, isIntact: boolean): void {
  handOn(walk);
  walk.entry = entry;
  walk.position = position;
  walk.hash = entry.hash;
  walk.rightHash = isIntact || !isEntry(entry) ? entry.hash : hashAt(entry, position);
  walk.isIntact = isIntact;
  walk.recent[position % RECENT] = entry.hash;
}

function handOn(walk: Walk): void {
  if (walk.entry !== null) walk.listener.accept(walk.entry, walk.position, walk.isIntact);
  walk.entry = null;
}

function isLinked(walk: Walk, entry: Entry): boolean {
  return entry.previous === walk.hash || entry.previous === walk.rightHash;
}

function isBuiltOn(hash: string, rest: readonly Entry[]): boolean {
  return rest.some((later) => later.previous === hash);
}

function placeOf(walk: Walk, entry: Entry): number {
  return typeof entry.position === 'number' ? entry.position + walk.shift : Number.NaN;
}

function fitsItsHash(walk: Walk, entry: Entry): boolean {
  return hashAt(entry, placeOf(walk, entry)) === entry.hash;
}

function hashAt(entry: Entry, position: number): string {
  return hashOf(position === entry.position ? entry : { ...entry, position });
}
