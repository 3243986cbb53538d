import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../kit/clock.ts';

/** Of V8's `gc` extension: gives everything back that can be given back, also the room for young objects. */
type Collect = (how: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;

/** So long after the last change nobody is waiting for the next one, most likely. */
const QUIET_MS = 60_000;

/**
 * Gives back what only the start, or a busy hour, needed. Loading a thousand modules makes V8 widen the room for young
 * objects to some 60 MB, and it keeps that for as long as the process lives; a bot that waits for the next incident needs
 * a tenth of it. Takes about 0.2 s, in which nothing else happens.
 */
export function trimMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** Trims now, and once after every busy time, when a minute has passed without a change; until the answer is called. */
export function trimWhenQuiet(onCommit: (see: () => void) => () => void, clock: Clock): () => void {
  trimMemory();
  let cancel = (): void => undefined;
  const unhook = onCommit(() => {
    cancel();
    cancel = clock.alarm(clock.now() + QUIET_MS, trimMemory);
  });
  return () => {
    unhook();
    cancel();
  };
}
