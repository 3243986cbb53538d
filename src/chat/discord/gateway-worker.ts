import { parentPort, workerData } from 'node:worker_threads';
import { REST } from '@discordjs/rest';
import { type SessionInfo, WebSocketManager, WebSocketShardEvents } from '@discordjs/ws';
import { GatewayCloseCodes } from 'discord-api-types/v10';
import type { GatewayNews, GatewayOrder, GatewayWish } from './gateway-words.ts';
import { CONTENT_INTENT, INTENTS } from './permissions.ts';

/**
 * Holds the gateway in a thread of its own: whatever the library throws where nobody can catch it ends this thread and nothing else. The
 * library resumes and reconnects by itself; what it gives up ends the thread too, and the supervisor starts the next one.
 */
const order = workerData as GatewayOrder;
const port = parentPort;
if (port === null) throw new Error('gateway-worker.ts is a worker');

const tell = (news: GatewayNews): void => port.postMessage(news);
let session: SessionInfo | null = order.session;
let isOver = false;
let go: () => void = () => undefined;

/** Codes after which the library does not come back (topics/opcodes-and-status-codes#gateway-gateway-close-event-codes). */
const FINAL: ReadonlySet<number> = new Set([
  GatewayCloseCodes.AuthenticationFailed,
  GatewayCloseCodes.InvalidShard,
  GatewayCloseCodes.ShardingRequired,
  GatewayCloseCodes.InvalidAPIVersion,
  GatewayCloseCodes.InvalidIntents,
  GatewayCloseCodes.DisallowedIntents,
]);
const rest = new REST({ api: order.apiUrl, retries: 0, timeout: order.timeoutMs, rejectOnRateLimit: () => true }).setToken(order.token);
const manager = new WebSocketManager({
  token: order.token,
  intents: order.withContent ? INTENTS | CONTENT_INTENT : INTENTS,
  rest,
  shardCount: 1,
  handshakeTimeout: order.timeoutMs,
  helloTimeout: order.timeoutMs,
  readyTimeout: order.timeoutMs,
  retrieveSessionInfo: () => session,
  updateSessionInfo: (_shard, info) => {
    // The one that is being left stays good for the next thread.
    if (!isOver) session = info;
  },
  buildIdentifyThrottler: () => ({
    waitForIdentify: () =>
      new Promise<void>((resolve) => {
        go = resolve;
        tell({ kind: 'identify' });
      }),
  }),
});

manager.on(WebSocketShardEvents.Dispatch, ({ data }) => {
  if (data.t === 'READY' && session !== null) tell({ kind: 'ready', session });
  tell({ kind: 'dispatch', type: data.t, sequence: data.s, data: data.d });
});
manager.on(WebSocketShardEvents.Resumed, () => tell({ kind: 'resumed' }));
manager.on(WebSocketShardEvents.Closed, ({ code }) => {
  if (FINAL.has(code)) tell({ kind: 'refused', isForContent: code === GatewayCloseCodes.DisallowedIntents });
});
manager.on(WebSocketShardEvents.Error, ({ error }) => tell({ kind: 'fault', detail: error.message }));

port.on('message', (wish: GatewayWish) => {
  if (wish.kind === 'go') go();
  else stop().catch(() => process.exit(1));
});

/** Closes as one that will be back: Discord keeps the session for a while unless it is closed as normal (events/gateway#disconnecting). */
const WILL_BE_BACK = 4_200;

async function stop(): Promise<void> {
  isOver = true;
  await manager.destroy({ code: WILL_BE_BACK });
  process.exit(0);
}

try {
  await manager.connect();
} catch (fault) {
  tell({ kind: 'fault', detail: fault instanceof Error ? fault.message : String(fault) });
  process.exit(1);
}
