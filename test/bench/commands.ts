import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness, token } from '../../src/kit/randomness.ts';
import { startBot } from '../../src/main.ts';
import { hiddenIn, sessionCookie } from '../contract/console-client.ts';
import { type Figure, percentile, timeEach } from './measure.ts';

const REQUESTS = 600;
const WARM_UP = 100;

/** A command typed on the console until its answer, durable and drawn, beside a bare route that parses a body and answers JSON. */
export async function commandFigures(directory: string): Promise<readonly Figure[]> {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const read = readSettings({ ALLCLEAR_DATA: directory, PORT: '0', LOG_LEVEL: 'silent' }, readFile);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const machine = { clock: systemClock, randomness: systemRandomness, variables: {}, readFile, write: () => undefined, isTerminal: false };
  const started = await startBot(read.settings, machine);
  if (!started.ok) throw new Error(started.problems.join('\n'));
  const { url } = started.running;
  const cookie = await sessionCookie(url, 'ana');
  const csrf = hiddenIn(await (await fetch(`${url}/switches`, { headers: { cookie } })).text(), 'csrf');
  const say = poster(`${url}/act`, { cookie, origin: url, accept: 'application/json' });
  await say({ csrf, nonce: token(systemRandomness), back: '/', words: 'sev4 Search is slow' });
  const note = (index: number) => ({ csrf, nonce: token(systemRandomness), back: '/', incident: '1', words: `note number ${index}` });
  const ours = await timed((index) => say(note(index)));
  await started.running.stop();
  const app = Fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  app.post('/', async (request) => ({ ok: true, got: request.body }));
  const bare = poster(await app.listen({ host: '127.0.0.1', port: 0 }), {});
  const floor = await timed((index) => bare(note(index)));
  await app.close();
  const figure = (name: string, share: number, aim: string): Figure => ({
    what: `command on the console, ${name} (floor: bare route)`,
    ours: percentile(ours, share),
    floor: percentile(floor, share),
    unit: 'ms',
    aim,
  });
  return [figure('p50', 0.5, '–'), figure('p99', 0.99, '< 25 ms')];
}

async function timed(work: (index: number) => Promise<unknown>): Promise<number[]> {
  await timeEach(WARM_UP, (index) => work(-index - 1));
  return timeEach(REQUESTS, work);
}

function poster(url: string, headers: Readonly<Record<string, string>>): (fields: Readonly<Record<string, string>>) => Promise<void> {
  return async (fields) => {
    const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
    const answer = (await response.json()) as { readonly ok?: boolean };
    if (answer.ok !== true) throw new Error(`not answered as it should be: ${JSON.stringify(answer)}`);
  };
}
