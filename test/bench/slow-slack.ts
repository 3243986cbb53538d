import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A platform that does everything it is asked for, and takes its time to say so. */
export interface SlowSlack {
  /** Base of the Web API, ending with a slash. */
  readonly apiUrl: string;
  /** An address for an answer to a command; it counts as a method of that name. */
  responseUrl(name: string): string;
  /** When the first call of a method that matches was answered, on the monotonic clock. */
  answered(method: string, matches?: (body: string) => boolean): Promise<number>;
  /** Forgets what was answered. */
  forget(): void;
  close(): Promise<void>;
}

interface Answered {
  readonly method: string;
  readonly body: string;
  readonly at: number;
}

export async function openSlowSlack(answerMs: number): Promise<SlowSlack> {
  let done: Answered[] = [];
  const waiting = new Set<() => void>();
  let count = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const method = (request.url ?? '').split('/').at(-1) ?? '';
      const body = decodeURIComponent(Buffer.concat(chunks).toString().replaceAll('+', ' '));
      count += 1;
      const answer = JSON.stringify({ ok: true, ...answerTo(method, count) });
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
        done.push({ method, body, at: performance.now() });
        for (const look of waiting) look();
      }, answerMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `${url}/api/`,
    responseUrl: (name) => `${url}/response/${name}`,
    answered: (method, matches = () => true) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = done.find((one) => one.method === method && matches(one.body));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found.at);
        };
        waiting.add(look);
        look();
      }),
    forget() {
      done = [];
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answerTo(method: string, count: number): object {
  const id = `C${count}`;
  if (method === 'auth.test') return { team_id: 'T1', user_id: 'U0BOT', bot_id: 'B1', url: 'https://example.slack.com/' };
  if (method === 'conversations.create') return { channel: { id } };
  if (method === 'conversations.open') return { channel: { id: 'D1' } };
  if (method === 'bookmarks.add') return { bookmark: { id } };
  if (method === 'users.lookupByEmail') return { user: { id: `U${count}` } };
  return { ts: `${count}.0001` };
}
