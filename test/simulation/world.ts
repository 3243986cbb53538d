import { type Calm, createCalm } from './calm.ts';
import { type EventHeap, eventHeap } from './event-heap.ts';
import { createMoments, type Moments } from './moments.ts';
import { createTrace, type Trace } from './trace.ts';

export interface Violation {
  readonly law: string;
  readonly detail: string;
  readonly atMs: number;
}

/** Time, order and memory of one simulation. Milliseconds; `elapsed` counts from the start and is what monotonic clocks show. */
export interface World extends Calm, Pick<Moments, 'touch' | 'during' | 'turn'>, Pick<Trace, 'digest' | 'lastLines'> {
  now(): number;
  elapsed(): number;
  /** The furthest that wall time has ever been. */
  furthest(): number;
  /** Runs later; answers how to cancel it. */
  after(delayMs: number, run: () => void): () => void;
  /** Wall time is set to something else. */
  jump(ms: number): void;
  violate(law: string, detail: string): void;
  readonly violations: readonly Violation[];
  trace(line: string): void;
  events(): number;
  /** Plays until so much time is over, or a law was broken. */
  play(untilMs: number): Promise<void>;
}

export interface WorldOptions {
  readonly startAt: number;
  readonly told?: (line: string) => void;
}

interface Time {
  elapsed: number;
  wall: number;
  furthest: number;
}

export function createWorld({ startAt, told }: WorldOptions): World {
  const heap = eventHeap();
  const time: Time = { elapsed: 0, wall: startAt, furthest: startAt };
  const elapsed = (): number => time.elapsed;
  const violations: Violation[] = [];
  const trace = createTrace(elapsed, told);
  const moments = createMoments();
  let sequence = 0;
  let played = 0;
  return {
    ...createCalm(elapsed),
    ...moments,
    now: () => time.wall,
    elapsed,
    furthest: () => time.furthest,
    after(delayMs, run) {
      const event = { at: time.elapsed + Math.max(0, delayMs), sequence, run, isCancelled: false };
      sequence += 1;
      heap.push(event);
      return () => {
        event.isCancelled = true;
      };
    },
    jump: (ms) => setWall(time, time.wall + ms),
    violate(law, detail) {
      violations.push({ law, detail, atMs: time.elapsed });
      trace.add(`VIOLATION ${law}: ${detail}`);
    },
    violations,
    trace: trace.add,
    digest: trace.digest,
    lastLines: trace.lastLines,
    events: () => played,
    async play(untilMs) {
      await moments.over();
      for (let event = next(heap, untilMs); event !== undefined && violations.length === 0; event = next(heap, untilMs)) {
        advance(time, event.at);
        played += 1;
        event.run();
        await moments.over();
      }
      if (violations.length === 0) advance(time, untilMs);
    },
  };
}

/** The next event that was not cancelled, when it comes in time. */
function next(heap: EventHeap, untilMs: number): ReturnType<EventHeap['pop']> {
  for (let event = heap.peek(); event !== undefined && event.at <= untilMs; event = heap.peek()) {
    heap.pop();
    if (!event.isCancelled) return event;
  }
  return undefined;
}

function advance(time: Time, to: number): void {
  const passed = to - time.elapsed;
  time.elapsed = to;
  setWall(time, time.wall + passed);
}

function setWall(time: Time, wall: number): void {
  time.wall = wall;
  time.furthest = Math.max(time.furthest, wall);
}
