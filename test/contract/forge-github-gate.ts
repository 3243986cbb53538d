import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Arrived {
  /** 1 for the first since the gate was opened. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}
/** What to do with a request: pass it on, lose it before or after the far end saw it, or answer in its place. */
export type GateVerdict =
  | 'pass'
  | 'lose-request'
  | 'lose-answer'
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

export interface Gate {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  /** Rules over every further request. */
  rule(judge: (request: Arrived) => GateVerdict): void;
  close(): Promise<void>;
}

/** A loopback server in front of `target` (null: nothing is behind, so nothing may pass). */
export async function openGate(target: string | null): Promise<Gate> {
  let judge: (request: Arrived) => GateVerdict = () => 'pass';
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const receive = async (): Promise<void> => {
      const body = await readBody(request);
      const { method = '', url: path = '', headers } = request;
      const asked: Arrived = { number: arrived.length + 1, method, path, authorization: headers.authorization ?? '', body };
      arrived.push(asked);
      await answer(response, asked, judge(asked), target);
    };
    receive().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    rule: (next) => {
      judge = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(response: ServerResponse, asked: Arrived, verdict: GateVerdict, target: string | null): Promise<void> {
  if (verdict === 'hang') return;
  if (verdict === 'lose-request') {
    response.destroy();
    return;
  }
  if (typeof verdict === 'object') {
    response.writeHead(verdict.status, { 'content-type': 'application/json', ...verdict.headers }).end(verdict.body);
    return;
  }
  if (target === null) throw new Error(`nothing is behind the gate for ${asked.method} ${asked.path}`);
  const { method, path, authorization, body } = asked;
  const headers = { authorization, 'content-type': 'application/json' };
  const behind = await fetch(target + path, { method, headers, redirect: 'manual', ...(body === '' ? {} : { body }) });
  const text = await behind.text();
  if (verdict === 'lose-answer') response.destroy();
  else response.writeHead(behind.status, { 'content-type': behind.headers.get('content-type') ?? 'application/json' }).end(text);
}
