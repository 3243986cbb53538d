import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** Slack's end of Socket Mode: hands out addresses, says hello, sends envelopes and keeps what comes back (RFC 6455, text frames only). */
export interface SocketFarEnd {
  readonly apiUrl: string;
  /** Envelopes the app acknowledged. */
  readonly acknowledged: readonly string[];
  /** How often an address was asked for. */
  readonly asked: () => number;
  /** The next ones who ask are refused the token. */
  refuse(times: number): void;
  connections(): number;
  send(envelope: object): void;
  /** Hangs up on everybody. */
  drop(): void;
  close(): Promise<void>;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export async function openSocketFarEnd(): Promise<SocketFarEnd> {
  const sockets = new Set<Duplex>();
  const acknowledged: string[] = [];
  let refusals = 0;
  let asked = 0;
  const server = createServer((request, response) => {
    const isOpen = request.url?.endsWith('/apps.connections.open') === true;
    asked += isOpen ? 1 : 0;
    const isRefused = isOpen && refusals > 0;
    refusals -= isRefused ? 1 : 0;
    const who = { ok: true, team_id: 'T1', user_id: 'U0BOT', bot_id: 'B1', url: 'https://example.slack.com/' };
    const answer = isRefused ? { ok: false, error: 'invalid_auth' } : isOpen ? { ok: true, url: `ws://${base}/link` } : who;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => sockets.delete(socket));
    // Who goes without a word is gone: an HTTP server would keep its half open.
    socket.on('end', () => socket.end());
    socket.on('data', (frame: Buffer) => {
      // A closing is answered with one.
      if (frame[0] === 0x88) return void socket.end(Buffer.from([0x88, 0]));
      const id = envelopeIn(frame);
      if (id !== null) acknowledged.push(id);
    });
    socket.write(textFrame({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    apiUrl: `http://${base}/api/`,
    acknowledged,
    asked: () => asked,
    refuse(times) {
      refusals = times;
    },
    connections: () => sockets.size,
    send(envelope) {
      for (const socket of sockets) socket.write(textFrame(envelope));
    },
    drop,
    async close() {
      drop();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function textFrame(content: object): Buffer {
  const text = Buffer.from(JSON.stringify(content));
  const head = text.length < 126 ? Buffer.from([0x81, text.length]) : Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff]);
  return Buffer.concat([head, text]);
}

/** The envelope a short masked text frame acknowledges; pings and closings acknowledge none. */
function envelopeIn(frame: Buffer): string | null {
  const length = (frame[1] ?? 0) & 0x7f;
  if (frame[0] !== 0x81 || length > 126) return null;
  const at = length === 126 ? 4 : 2;
  const size = length === 126 ? frame.readUInt16BE(2) : length;
  const mask = frame.subarray(at, at + 4);
  const text = Buffer.from(frame.subarray(at + 4, at + 4 + size).map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString();
  return (JSON.parse(text) as { envelope_id?: string }).envelope_id ?? null;
}
