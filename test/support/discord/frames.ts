import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** One end of a WebSocket (RFC 6455) that speaks JSON, as far as a test needs it: whole text frames and closing. */
export interface JsonSocket {
  send(content: object): void;
  /** Closes with a code, as Discord does. */
  close(code: number): void;
  /** Hangs up without a word. */
  drop(): void;
}
interface Ears {
  heard(content: unknown): void;
  /** The code it was closed with; 1006 when it was not. */
  closed(code: number): void;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;
const CLOSE = 0x88;
const NO_CODE = 1_006;

export function acceptJsonSocket(request: IncomingMessage, socket: Duplex, ears: Ears): JsonSocket {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  let pending = Buffer.alloc(0);
  let code = NO_CODE;
  let isOver = false;
  socket.on('error', () => socket.destroy());
  // A server's sockets stay half open by themselves.
  socket.on('end', () => socket.destroy());
  socket.on('close', () => {
    if (!isOver) ears.closed(code);
    isOver = true;
  });
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame !== null; frame = readFrame(pending)) {
      pending = pending.subarray(frame.size);
      if (frame.kind === CLOSE) {
        code = frame.content.length >= 2 ? frame.content.readUInt16BE(0) : NO_CODE;
        socket.end(Buffer.from([CLOSE, 0]));
      } else if (frame.kind === TEXT) ears.heard(JSON.parse(frame.content.toString()));
    }
  });
  return {
    send(content) {
      if (!socket.destroyed) socket.write(frameOf(TEXT, Buffer.from(JSON.stringify(content))));
    },
    close(given) {
      const body = Buffer.alloc(2);
      body.writeUInt16BE(given);
      if (!socket.destroyed) socket.end(frameOf(CLOSE, body));
    },
    drop: () => void socket.destroy(),
  };
}

function frameOf(kind: number, body: Buffer): Buffer {
  if (body.length < 126) return Buffer.concat([Buffer.from([kind, body.length]), body]);
  const head = Buffer.alloc(body.length < 65_536 ? 4 : 10);
  head[0] = kind;
  head[1] = body.length < 65_536 ? 126 : 127;
  if (body.length < 65_536) head.writeUInt16BE(body.length, 2);
  else head.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([head, body]);
}

interface Frame {
  readonly kind: number;
  readonly content: Buffer;
  readonly size: number;
}

/** The first whole frame of a client, which masks what it sends. */
function readFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const short = (bytes[1] ?? 0) & 0x7f;
  const at = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < at + 4) return null;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = at + 4;
  if (bytes.length < start + length) return null;
  const mask = bytes.subarray(at, start);
  const content = Buffer.from(bytes.subarray(start, start + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { kind: bytes[0] ?? 0, content, size: start + length };
}
