import type { Clock } from '../kit/clock.ts';
import type { Hear, Platform } from './ports.ts';
import type { Lease } from './store-port.ts';

/** Asked this often: who holds the connection must not be silent for longer, and who waits takes over soon. */
export const ASK_MS = 4_000;
/** Nobody can say who holds it, for so long: then everybody listens. Hearing something twice is harmless, hearing nothing is not. */
export const PATIENCE_MS = 15_000;

/**
 * A chat world that only one replica listens to. All of them deliver. When the holder dies or freezes the next one listens
 * within fifteen seconds; when the database is away whoever listens goes on.
 */
export function heldByOne(platform: Platform, lease: Lease, clock: Clock, bug: (fault: unknown) => void): Platform {
  let isListening = false;
  let isStopped = false;
  let knownAt = clock.monotonic();
  let cancel = (): void => undefined;
  let turn: Promise<void> = Promise.resolve();

  async function listen(hear: Hear): Promise<void> {
    if (isListening || isStopped) return;
    isListening = true;
    await platform.start(hear);
  }
  async function fallSilent(): Promise<void> {
    if (!isListening) return;
    isListening = false;
    await platform.stop();
  }
  async function take(hear: Hear): Promise<void> {
    const whose = await lease.ask();
    if (whose !== 'unknown') knownAt = clock.monotonic();
    if (whose === 'ours' || (whose === 'unknown' && clock.monotonic() - knownAt >= PATIENCE_MS)) await listen(hear);
    else if (whose === 'theirs') await fallSilent();
  }
  function again(hear: Hear): void {
    if (isStopped) return;
    cancel = clock.alarm(clock.now() + ASK_MS, () => {
      turn = take(hear)
        .catch(bug)
        .then(() => again(hear));
    });
  }
  return {
    ...platform,
    async start(hear) {
      turn = take(hear);
      await turn;
      again(hear);
    },
    async stop() {
      isStopped = true;
      cancel();
      await turn.catch(bug);
      cancel();
      await fallSilent();
      await lease.release();
    },
  };
}
