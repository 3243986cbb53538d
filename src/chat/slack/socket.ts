import { SocketModeReceiver } from '@slack/bolt';
import { type Clock, pause } from '../../kit/clock.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { clientOptions } from './api.ts';
import type { Deliveries } from './deliveries.ts';
import { silent } from './silent.ts';

export interface SocketOptions {
  readonly appToken: string;
  readonly apiUrl: string;
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly take: Deliveries['take'];
  readonly bug: (fault: unknown) => void;
}
export interface Socket {
  stop(): Promise<void>;
}

/** First and longest wait before it is tried again: Slack is back within ten seconds of being back. */
const WAIT_MS_MIN = SECOND_MS;
const WAIT_MS_MAX = 10 * SECOND_MS;
/** Of the ten seconds SIGTERM leaves, most are for what is under way. */
const GOODBYE_MS = SECOND_MS;

/**
 * Socket Mode, which needs no public address. Answers once it is connected or the first attempt has failed; from then on it comes back
 * by itself. Reconnecting is ours: the library's own ends the process when Slack refuses the token just then.
 */
export async function connectSocket(options: SocketOptions): Promise<Socket> {
  const { clock, bug, take } = options;
  const { client } = receiverOf(options);
  let cancel: () => void = () => undefined;
  let waitMs = WAIT_MS_MIN;
  let isOver = false;
  const connect = async (): Promise<void> => {
    try {
      await client.start();
      waitMs = WAIT_MS_MIN;
    } catch (fault) {
      bug(fault);
      again();
    }
  };
  const again = (): void => {
    if (isOver) return;
    cancel();
    cancel = clock.alarm(clock.now() + waitMs, () => void connect());
    waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
  };
  client.on('disconnected', again);
  client.on('slack_event', ({ body, ack }: { body: Record<string, unknown>; ack: (content?: unknown) => Promise<void> }) => {
    // What could not be written down is not acknowledged, so Slack sends it again.
    take(body, ack).catch(bug);
  });
  await connect();
  return {
    async stop() {
      isOver = true;
      cancel();
      // The library waits long for a far end that is gone.
      await Promise.race([client.disconnect(), pause(clock, GOODBYE_MS)]);
    },
  };
}

function receiverOf(options: SocketOptions): SocketModeReceiver {
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger: silent,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(options) },
  });
  // Its own listener would acknowledge before anything is written down.
  receiver.client.removeAllListeners('slack_event');
  return receiver;
}
