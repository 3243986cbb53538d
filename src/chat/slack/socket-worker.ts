import { parentPort, workerData } from 'node:worker_threads';
import { SocketModeReceiver } from '@slack/bolt';
import { clientOptions } from './api.ts';
import { silent } from './silent.ts';
import type { SocketNews, SocketOrder, SocketWish } from './socket-words.ts';

/**
 * Holds one connection of Socket Mode in a thread of its own: when Slack refuses the token at the wrong moment the library ends its
 * process, and here that is this thread. A connection that ends takes the thread with it; the supervisor starts the next.
 */
const order = workerData as SocketOrder;
const port = parentPort;
if (port === null) throw new Error('socket-worker.ts is a worker');

const tell = (news: SocketNews): void => port.postMessage(news);
const waiting = new Map<number, (content?: unknown) => Promise<void>>();
let deliveries = 0;

const { client } = new SocketModeReceiver({
  appToken: order.appToken,
  logger: silent,
  autoReconnectEnabled: false,
  installerOptions: { clientOptions: clientOptions(order) },
});
// Its own listener would acknowledge before anything is written down.
client.removeAllListeners('slack_event');
client.on('slack_event', ({ body, ack }: { body: Record<string, unknown>; ack: (content?: unknown) => Promise<void> }) => {
  deliveries += 1;
  waiting.set(deliveries, ack);
  tell({ kind: 'delivery', number: deliveries, body });
});
client.on('disconnected', () => process.exit(0));

port.on('message', (wish: SocketWish) => {
  if (wish.kind === 'stop')
    client.disconnect().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  else acknowledge(wish).catch((fault: unknown) => tell({ kind: 'fault', detail: sayFault(fault) }));
});

async function acknowledge({ number, content }: Extract<SocketWish, { kind: 'acknowledge' }>): Promise<void> {
  const ack = waiting.get(number);
  waiting.delete(number);
  await ack?.(content);
}

function sayFault(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

try {
  await client.start();
  tell({ kind: 'connected' });
} catch (fault) {
  tell({ kind: 'fault', detail: sayFault(fault) });
  process.exit(1);
}
