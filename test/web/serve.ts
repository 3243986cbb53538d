import { connect } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/kit/clock.ts';
import { createLog } from '../../src/kit/log.ts';
import { createServer, type ServerLimits, type WebServer } from '../../src/web/server.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly server: WebServer;
  /** Lines of the log so far, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}
interface ServeOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly clock?: Clock;
  readonly trustProxy?: boolean;
  readonly host?: string;
}

/** The real server on a free port of this machine, closed when the test ends. */
export async function serve(plugins: readonly FastifyPluginAsync[], options: ServeOptions = {}): Promise<Served> {
  const { server, log } = build(plugins, options);
  const { url } = await server.listen(options.host ?? '127.0.0.1', 0);
  return { url, port: Number(new URL(url).port), server, log };
}

/** The same, not listening yet. */
export function build(plugins: readonly FastifyPluginAsync[], options: ServeOptions = {}): Pick<Served, 'server' | 'log'> {
  const { clock = systemClock, trustProxy = false, limits } = options;
  const log: Readonly<Record<string, unknown>>[] = [];
  const server = createServer({
    plugins,
    log: createLog({ level: 'debug', form: 'json', clock, write: (line) => void log.push(JSON.parse(line)) }),
    clock,
    randomness: seededRandomness(7),
    trustProxy,
    ...(limits === undefined ? {} : { limits }),
  });
  onTestFinished(() => server.close());
  return { server, log };
}

export interface Conversation {
  /** Everything the server said until it hung up. */
  readonly heard: Promise<string>;
  say(text: string): void;
  /** Goes away without a word. */
  vanish(): void;
}

/** A client that says exactly these bytes, and maybe never finishes. */
export function speak(port: number, text: string): Conversation {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const heard = new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    // A server that hangs up in the middle resets the connection; what it said before counts.
    socket.on('error', () => undefined);
  });
  socket.write(text);
  return { heard, say: (more) => void socket.write(more), vanish: () => void socket.destroy() };
}
