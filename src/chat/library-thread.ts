import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import type { Outcome, Platform } from '../engine/ports.ts';
import type { Clock } from '../kit/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../kit/duration.ts';
import { createLine, faultOf, type Letter, type Line, LineCutError, nearPort, type PlainFault, type Ports } from '../kit/line.ts';
import { PACE_METHODS, type Pace } from '../kit/pace.ts';
import type { HearOnce } from './intake.ts';
import { NOTES_METHODS, type Notes } from './notes.ts';
import { plainAttempt } from './plain-attempt.ts';
import { type SupervisedThread, superviseThread } from './supervised-thread.ts';

/** A thread is asked this often whether it still turns; one that left so many questions unanswered hangs, and is ended. */
const BEAT_MS = 5 * SECOND_MS;
const BEATS_UNANSWERED_MAX = 4;
/** A library takes a second to load, on a machine that does ten other things as long as this. */
const LOAD_MS_MAX = MINUTE_MS;
/** What ended so many threads is not given to another one. */
const THREADS_MAX = 3;

/** What a thread is started with. */
export interface LibraryOrder {
  /** Module that gives `serveLibrary`. */
  readonly module: string;
  /** Where compiled code is kept, or null. */
  readonly compileCache: string | null;
  readonly settings: unknown;
}
/** What a thread is told besides letters: something of the main thread changed, or that it is over. */
export type LibraryWish = Letter | { readonly kind: 'current'; readonly current: unknown } | { readonly kind: 'stop' };

/** What a library is made with, on either side of the line. */
interface LibraryParts {
  /** Plain data. */
  readonly settings: unknown;
  /** What changes seldom: the same object until it does. The thread has the newest before anything it is asked. */
  readonly current: () => unknown;
  readonly notes: Notes;
  readonly pace: Pace;
  readonly hear: HearOnce;
  readonly bug: (fault: unknown) => void;
}
export interface LibraryThreadPlan extends LibraryParts {
  /** The platform's. */
  readonly name: string;
  readonly module: URL;
  /** What else the thread may ask. */
  readonly ports?: Ports;
  readonly clock: Clock;
  readonly beatMs?: number;
}
/** What the module of a library has at hand in its thread. */
export interface ThreadSide extends LibraryParts {
  readonly line: Line;
}
/** What such a module gives: what may be asked of its library. */
export type ServeLibrary = (side: ThreadSide) => ServedLibrary;
export interface ServedLibrary extends Pick<Platform, 'deliver' | 'groups'> {
  readonly methods: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;
}

/** A chat library in a thread of its own, as the main thread sees it. */
export interface LibraryThread extends Pick<Platform, 'deliver' | 'groups'> {
  /** Asks the thread there is, or the next one while there is none. Rejects with `LineCutError` when it ends before it answers. */
  ask(method: string, args: readonly unknown[]): Promise<unknown>;
  /** The same for what may be begun anew: the next thread does it when one ends over it. */
  askAgain(method: string, args: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * A thread for a library, watched from when it is first asked for something. One that ends or hangs is followed by another, and nobody
 * waits for that but who asked it.
 */
export function keepLibraryThread(plan: LibraryThreadPlan): LibraryThread {
  const { name } = plan;
  const kept = keep(plan);
  const ask = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    await kept.thread.there();
    return kept.ask(method, args);
  };
  return {
    ask,
    async askAgain(method, args) {
      for (let threads = 1; ; threads += 1) {
        try {
          return await ask(method, args);
        } catch (fault) {
          if (!(fault instanceof LineCutError) || threads === THREADS_MAX) throw fault;
        }
      }
    },
    async deliver(promise, attempt) {
      await kept.thread.there();
      if (attempt.signal.aborted) return NOT_ASKED;
      try {
        return (await kept.ask('deliver', [promise, plainAttempt(attempt)], attempt.signal)) as Outcome;
      } catch (fault) {
        if (fault instanceof LineCutError) return { outcome: 'unknown', reason: 'unreachable', detail: `${name}: ${fault.message}` };
        throw fault;
      }
    },
    groups: async (person) => (await ask('groups', [person])) as readonly string[],
    async stop() {
      kept.endBeat();
      await kept.thread.stop({ kind: 'stop' });
    },
  };
}

/** Its time was up before there was a thread to ask. */
const NOT_ASKED: Outcome = { outcome: 'retry', reason: 'unreachable', detail: 'no thread in time' };

/** Ours, which the thread shares: Node adds a folder for its version to what it is given. */
function compileCache(): string | null {
  const directory = getCompileCacheDir();
  return directory === undefined ? null : dirname(directory);
}

interface Kept {
  readonly thread: SupervisedThread<LibraryWish>;
  readonly ask: (method: string, args: readonly unknown[], signal?: AbortSignal) => Promise<unknown>;
  endBeat(): void;
}

function keep(plan: LibraryThreadPlan): Kept {
  const { name, module, settings, current, notes, pace, hear, bug, clock, beatMs = BEAT_MS } = plan;
  let told: unknown = null;
  let loadingSince: number | null = null;
  let unanswered = 0;
  let endBeat: (() => void) | null = null;
  const line: Line = createLine((letter) => thread.tell(letter), {
    ...plan.ports,
    notes: nearPort(notes, NOTES_METHODS),
    pace: nearPort(pace, PACE_METHODS),
    main: nearPort({ hear, bug: async (fault: PlainFault) => bug(faultOf(fault)) }, ['hear', 'bug']),
  });
  const thread = superviseThread<Letter, LibraryWish>({
    name,
    module: new URL('./library-worker.ts', import.meta.url),
    order(): LibraryOrder {
      [told, unanswered, loadingSince] = [null, 0, clock.monotonic()];
      return { module: module.href, compileCache: compileCache(), settings };
    },
    hear(letter) {
      loadingSince = null;
      line.hear(letter);
    },
    ended() {
      line.cut('the thread ended');
    },
    clock,
    bug,
  });
  const beat = (): void => {
    endBeat = clock.alarm(clock.now() + beatMs, beat);
    if (thread.id() === null) return;
    const hangs = loadingSince === null ? unanswered >= BEATS_UNANSWERED_MAX : clock.monotonic() - loadingSince > LOAD_MS_MAX;
    if (hangs) thread.end();
    unanswered += 1;
    line.ask('thread', 'beat', []).then(
      () => {
        unanswered = 0;
        thread.works();
      },
      // It ended: the next one is asked.
      () => undefined,
    );
  };
  return {
    thread,
    ask(method, args, signal) {
      if (endBeat === null) beat();
      const now = current();
      if (now !== told) thread.tell({ kind: 'current', current: now });
      told = now;
      return line.ask('library', method, args, signal);
    },
    endBeat: () => endBeat?.(),
  };
}
