import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { Queue as BullQueue } from 'bullmq';
import { QUEUE_NAME } from './bullmq-hints.ts';
import { openRedis } from './redis.ts';

/** Bull Board over our queue, to look at only: the outbox decides what is done again, and a job started by hand would only look once more. */
export interface QueueBoard {
  /** Pages and their interface, for a web server to put below `path` and behind whatever guards it. */
  readonly pages: ReturnType<FastifyAdapter['registerPlugin']>;
  readonly path: string;
  close(): Promise<void>;
}

const DESCRIPTION = 'Effects under their ids, each to be looked for in its lane when it is due. The promises are in the database.';

export interface BoardParts {
  readonly url: string;
  readonly prefix: string;
  /** Where it is served, without a slash at the end. */
  readonly path: string;
  readonly failed: (fault: Error) => void;
}

/** Opens a connection of its own. While Redis is away its pages show nothing, and nothing else suffers. */
export function openQueueBoard({ url, prefix, path, failed }: BoardParts): QueueBoard {
  const { asking, end } = openRedis(url, failed);
  const server = new FastifyAdapter();
  server.setBasePath(path);
  const options = { uiConfig: { boardTitle: 'Allclear', hideRedisDetails: true } };
  const board = createBullBoard({ queues: [], serverAdapter: server, options });
  let queue: BullQueue | null = null;
  // BullMQ asks Redis for its version first and never recovers when that fails: so it begins once Redis is there.
  asking.once('ready', () => {
    queue = new BullQueue(QUEUE_NAME, { connection: asking, prefix, skipWaitingForReady: true });
    queue.on('error', failed);
    board.addQueue(new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false, description: DESCRIPTION }));
  });
  return {
    pages: server.registerPlugin(),
    path,
    async close() {
      await queue?.close().catch(() => undefined);
      end();
    },
  };
}
