import { createHash } from 'node:crypto';
import { eventHeap } from './event-heap.ts';

/** After trouble it may take this long until everything runs again: a lease, a look by the sweeper, and some tries. */
const CONVALESCENCE_MS = 60_000;
/** Lines of the trace that a failure shows. */
const LAST_LINES = 60;

export interface Violation {
  readonly law: string;
  readonly detail: string;
  readonly atMs: number;
}

/** Time, order and memory of one simulation. Milliseconds; `elapsed` counts from the start and is what monotonic clocks show. */
export interface World {
  now(): number;
  elapsed(): number;
  /** The furthest that wall time has ever been. */
  furthest(): number;
  /** Runs later; answers how to cancel it. */
  after(delayMs: number, run: () => void): () => void;
  /** Wall time is set to something else. */
  jump(ms: number): void;
  /** Something was asked or answered just now: the moment is not over. */
  touch(): void;
  /** Work of the store that has begun and not ended; must be over before time goes on. */
  during<T>(work: Promise<T>): Promise<T>;
  /** There is trouble, and it lasts for so long. */
  disturb(lastsMs?: number): void;
  /** Has trouble begun since then. */
  disturbedSince(elapsedMs: number): boolean;
  /** Time so far in which nothing was wrong, and nothing had been for a while: promises about lateness hold in it. */
  calmMs(): number;
  violate(law: string, detail: string): void;
  readonly violations: readonly Violation[];
  trace(line: string): void;
  /** Hash over every line so far. */
  digest(): string;
  lastLines(): readonly string[];
  events(): number;
  /** Plays until so much time is over, or a law was broken. */
  play(untilMs: number): Promise<void>;
}

export interface WorldOptions {
  readonly startAt: number;
  readonly told?: (line: string) => void;
}

export function createWorld({ startAt, told }: WorldOptions): World {
  const heap = eventHeap();
  const violations: Violation[] = [];
  const hash = createHash('sha256');
  const lines: string[] = [];
  let elapsed = 0;
  let wall = startAt;
  let furthest = startAt;
  let sequence = 0;
  let activity = 0;
  let working = 0;
  let played = 0;
  let calmBefore = 0;
  let troubleUntil = 0;
  let disturbedAt = 0;

  const calmMs = (): number => calmBefore + Math.max(0, elapsed - troubleUntil - CONVALESCENCE_MS);
  function advance(to: number): void {
    wall += to - elapsed;
    elapsed = to;
    furthest = Math.max(furthest, wall);
  }
  /** Two turns of the event loop in which nobody asked for anything: this moment is played to its end. */
  async function settle(): Promise<void> {
    for (let calm = 0; calm < 2; ) {
      const before = activity;
      await new Promise((resolve) => setImmediate(resolve));
      calm = before === activity && working === 0 ? calm + 1 : 0;
    }
  }
  const world: World = {
    now: () => wall,
    elapsed: () => elapsed,
    furthest: () => furthest,
    after(delayMs, run) {
      const event = { at: elapsed + Math.max(0, delayMs), sequence, run, isCancelled: false };
      sequence += 1;
      heap.push(event);
      return () => {
        event.isCancelled = true;
      };
    },
    jump(ms) {
      wall += ms;
      furthest = Math.max(furthest, wall);
    },
    touch: () => {
      activity += 1;
    },
    async during(work) {
      working += 1;
      try {
        return await work;
      } finally {
        working -= 1;
        activity += 1;
      }
    },
    disturb(lastsMs = 0) {
      calmBefore = calmMs();
      troubleUntil = Math.max(troubleUntil, elapsed + lastsMs);
      disturbedAt = elapsed;
    },
    disturbedSince: (elapsedMs) => disturbedAt >= elapsedMs,
    calmMs,
    violate(law, detail) {
      violations.push({ law, detail, atMs: elapsed });
      world.trace(`VIOLATION ${law}: ${detail}`);
    },
    violations,
    trace(line) {
      const full = `${elapsed} ${line}`;
      hash.update(`${full}\n`);
      lines.push(full);
      if (lines.length > LAST_LINES) lines.shift();
      told?.(full);
    },
    digest: () => hash.copy().digest('hex').slice(0, 16),
    lastLines: () => lines,
    events: () => played,
    async play(untilMs) {
      await settle();
      for (let event = heap.peek(); event !== undefined && event.at <= untilMs && violations.length === 0; event = heap.peek()) {
        heap.pop();
        if (event.isCancelled) continue;
        advance(event.at);
        played += 1;
        event.run();
        await settle();
      }
      if (violations.length === 0) advance(untilMs);
    },
  };
  return world;
}
