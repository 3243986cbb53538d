import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface HttpDelivery {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
export interface HttpFarEnd {
  readonly url: string;
  readonly deliveries: readonly HttpDelivery[];
  /** How the next requests are answered, after their body was read. */
  answer(how: (response: ServerResponse, delivery: HttpDelivery) => void): void;
  /** Stops listening and hangs up on everybody. */
  close(): Promise<void>;
}

/** A web server on loopback that remembers what it was sent. */
export async function httpFarEnd(): Promise<HttpFarEnd> {
  const deliveries: HttpDelivery[] = [];
  const sockets = new Set<Socket>();
  let how: (response: ServerResponse, delivery: HttpDelivery) => void = (response) => response.end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const delivery = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      deliveries.push(delivery);
      how(response, delivery);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    answer(next) {
      how = next;
    },
    close: () => closed(server, sockets),
  };
}

function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
