import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { RunFile } from '../../src/cli/running.ts';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { startBot } from '../../src/main.ts';
import { type Figure, percentile, timeEach } from './measure.ts';

const REQUESTS = 600;
const WARM_UP = 100;

/** A command over HTTP until its answer, durable, beside a bare route that parses and answers JSON. */
export async function commandFigures(directory: string): Promise<readonly Figure[]> {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const read = readSettings({ ALLCLEAR_DATA: directory, PORT: '0', LOG_LEVEL: 'silent' }, readFile);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const machine = { clock: systemClock, randomness: systemRandomness, variables: {}, readFile, write: () => undefined, isTerminal: false };
  const started = await startBot(read.settings, machine);
  if (!started.ok) throw new Error(started.problems.join('\n'));
  const { url, token } = RunFile.parse(JSON.parse(readFile(join(directory, 'run.json'))));
  const say = poster(`${url}/api/v1/commands`, token);
  await say({ words: 'sev4 Search is slow', as: 'ana' });
  const ours = await timed((index) => say({ words: `note number ${index}`, as: 'ana', incident: 1 }));
  await started.running.stop();
  const app = Fastify();
  app.post('/', async (request) => ({ ok: true, got: request.body }));
  const bareUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  const bare = poster(bareUrl, token);
  const floor = await timed((index) => bare({ words: `note number ${index}`, as: 'ana', incident: 1 }));
  await app.close();
  return [
    {
      what: 'command over HTTP, p50 (floor: bare route)',
      ours: percentile(ours, 0.5),
      floor: percentile(floor, 0.5),
      unit: 'ms',
      aim: '–',
    },
    {
      what: 'command over HTTP, p99 (floor: bare route)',
      ours: percentile(ours, 0.99),
      floor: percentile(floor, 0.99),
      unit: 'ms',
      aim: '< 25 ms',
    },
  ];
}

async function timed(work: (index: number) => Promise<unknown>): Promise<number[]> {
  await timeEach(WARM_UP, (index) => work(-index - 1));
  return timeEach(REQUESTS, work);
}

function poster(url: string, token: string): (body: object) => Promise<void> {
  return async (body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = (await response.json()) as { readonly ok?: boolean };
    if (answer.ok !== true) throw new Error(`not answered as it should be: ${JSON.stringify(answer)}`);
  };
}
