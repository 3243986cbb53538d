import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { sha256Hex } from '../../kit/hashing.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};
/** Of a SHA-256: no two versions of a file share it. */
const TAG_DIGITS = 32;

interface Asset {
  readonly type: string;
  readonly tag: string;
  readonly body: string;
}

/** Serves what browsers load, read once at the start: nothing of a request ever becomes a path. */
export function assetRoutes(app: FastifyInstance, directory: string): void {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(directory)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(join(directory, name), 'utf8');
    assets.set(name, { type, body, tag: `"${sha256Hex(body).slice(0, TAG_DIGITS)}"` });
  }
  app.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const asset = assets.get(request.params.name);
    if (asset === undefined) return reply.code(404).type('text/plain').send('There is no such file.\n');
    reply.header('etag', asset.tag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === asset.tag) return reply.code(304).send();
    return reply.type(asset.type).send(asset.body);
  });
}
