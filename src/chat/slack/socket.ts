import { type Clock, pause } from '../../kit/clock.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { superviseThread } from '../supervised-thread.ts';
import type { Deliveries } from './deliveries.ts';
import { TIMEOUT_MS } from './limits.ts';
import type { SocketNews, SocketOrder, SocketWish } from './socket-words.ts';

export interface SocketOptions {
  readonly appToken: string;
  readonly apiUrl: string;
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly take: Deliveries['take'];
  readonly bug: (fault: unknown) => void;
}
export interface Socket {
  /** The thread that holds the connection, for tests that end it. */
  readonly thread: () => number | null;
  stop(): Promise<void>;
}

/** The start of the bot waits this long for a connection, and then goes on without. */
const START_MS_MAX = 10 * SECOND_MS;
/** Slack is back within ten seconds of being back. */
const WAIT_MS_MAX = 10 * SECOND_MS;

/**
 * Socket Mode, which needs no public address, in a supervised thread. Answers once it is connected or the first attempt has failed;
 * from then on it comes back by itself.
 */
export async function connectSocket({ appToken, apiUrl, timeoutMs, clock, take, bug }: SocketOptions): Promise<Socket> {
  const settled = Promise.withResolvers<void>();
  const order: SocketOrder = { appToken, apiUrl, timeoutMs: timeoutMs ?? TIMEOUT_MS };
  const thread = superviseThread<SocketNews, SocketWish>({
    name: 'slack socket',
    module: new URL('./socket-worker.ts', import.meta.url),
    order: () => order,
    hear,
    ended: settled.resolve,
    clock,
    bug,
    waitMsMax: WAIT_MS_MAX,
  });

  function hear(news: SocketNews): void {
    switch (news.kind) {
      case 'connected':
        thread.works();
        settled.resolve();
        return;
      case 'delivery': {
        const { number, body } = news;
        // What could not be written down is not acknowledged, so Slack sends it again.
        take({ ...body }, async (content) => thread.tell({ kind: 'acknowledge', number, content })).catch(bug);
        return;
      }
      case 'fault':
        bug(new Error(`Slack's socket: ${news.detail}`));
    }
  }
  await Promise.race([settled.promise, pause(clock, START_MS_MAX)]);
  return { thread: thread.id, stop: () => thread.stop({ kind: 'stop' }) };
}
