import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { type Attempt, type ChatPromise, type Outcome, TOO_LATE } from '../engine/ports.ts';
import { createLine, farPort, plainFault } from '../kit/line.ts';
import { PACE_METHODS } from '../kit/pace.ts';
import { withoutPrototypes } from '../kit/without-prototypes.ts';
import type { LibraryOrder, LibraryWish, ServeLibrary, ThreadSide } from './library-thread.ts';
import { NOTES_METHODS } from './notes.ts';
import { attemptOf, type PlainAttempt } from './plain-attempt.ts';

/** The thread of one chat library: answers what the main thread asks of it. */
const { module, compileCache, settings } = workerData as LibraryOrder;
const port = parentPort;
if (port === null) throw new Error('library-worker.ts is a worker');

if (compileCache !== null) enableCompileCache(compileCache);
const { serveLibrary } = (await import(module)) as { readonly serveLibrary: ServeLibrary };

let current: unknown = null;
const line = createLine((letter) => port.postMessage(letter), {
  thread: async () => null,
  library: async (method, args, signal) => {
    if (method === 'deliver') return deliver(args[0] as ChatPromise, attemptOf(args[1] as PlainAttempt, signal));
    if (method === 'groups') return library.groups(args[0] as string);
    const ask = Object.hasOwn(library.methods, method) ? library.methods[method] : undefined;
    if (ask === undefined) throw new Error(`this library does not ${method}`);
    return ask(...(args as never[]));
  },
});
const library = serveLibrary({
  settings,
  current: () => current,
  notes: farPort(line, 'notes', NOTES_METHODS),
  pace: farPort(line, 'pace', PACE_METHODS),
  ...farPort<Pick<ThreadSide, 'hear'>>(line, 'main', ['hear']),
  bug: (fault) => void line.ask('main', 'bug', [plainFault(fault)]),
  line,
});

/** Asked in the same turn as the sending, as in the main thread: this one may have been suspended since. */
async function deliver(promise: ChatPromise, attempt: Attempt): Promise<Outcome> {
  return attempt.leftMs !== undefined && attempt.leftMs() < 0 ? TOO_LATE : library.deliver(promise, attempt);
}

port.on('message', (wish: LibraryWish) => {
  if (wish.kind === 'current') current = withoutPrototypes(wish.current);
  else if (wish.kind === 'stop') process.exit(0);
  else line.hear(wish);
});
