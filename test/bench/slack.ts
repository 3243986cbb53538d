import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { SLACK_PATH } from '../../src/chat/slack/manifest.ts';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { type RunningBot, startBot } from '../../src/main.ts';
import { type Figure, median, percentile } from './measure.ts';
import { openSlowSlack, type SlowSlack } from './slow-slack.ts';

const COMMANDS = 1_000;
const WARM_UP = 100;
const DECLARATIONS = 8;
/** What the platform takes for every answer. */
const PLATFORM_MS = 100;
const SECRET = 'a-signing-secret-of-this-bench';

/** A slash command until it is acknowledged, beside bare Bolt with one listener; and a declaration until people can work. */
export async function slackFigures(directory: string): Promise<readonly Figure[]> {
  const send = sender();
  const acknowledged = await acknowledgements(directory, send);
  const [ready, paged] = await declarations(directory, send);
  const [ours, bare, durable] = acknowledged as [number[], number[], number[]];
  const figure = (share: number, name: string, floor: readonly number[], beside: string, aim: string): Figure => {
    return {
      what: `Slack acknowledge, ${name} (floor: ${beside})`,
      ours: percentile(ours, share),
      floor: percentile(floor, share),
      unit: 'ms',
      aim,
    };
  };
  return [
    figure(0.5, 'p50', bare, 'bare Bolt', '–'),
    figure(0.99, 'p99', bare, 'bare Bolt', '≤ 1.5×'),
    figure(0.5, 'p50', durable, 'Bolt + 1 fsync', '–'),
    figure(0.99, 'p99', durable, 'Bolt + 1 fsync', '≤ 1.5×'),
    { what: 'declare → room ready (floor: its 4 calls)', ours: median(ready), floor: 4 * PLATFORM_MS, unit: 'ms', aim: '< 1,000 ms' },
    { what: 'declare → first page handed over (1 call)', ours: median(paged), floor: PLATFORM_MS, unit: 'ms', aim: '< 1,000 ms' },
  ];
}

/** Milliseconds until a command was acknowledged: by Allclear, by Bolt that does nothing, and by Bolt that writes it down first. */
async function acknowledgements(directory: string, send: Send): Promise<readonly number[][]> {
  const quick = await openSlowSlack(0);
  const bot = await start(join(directory, 'slack-quick'), quick);
  const bolts = [await startBolt(() => undefined), await startBolt(writer(join(directory, 'bolt.db')))];
  const places = [bot.url + SLACK_PATH, ...bolts.map(({ url }) => url)];
  const found: number[][] = places.map(() => []);
  // Side by side, so that whatever else the machine does falls on all alike.
  for (let index = -WARM_UP; index < COMMANDS; index += 1) {
    for (const [place, url] of places.entries()) {
      const trigger = `command-${place}-${index}`;
      const from = performance.now();
      await send(url, trigger, quick.responseUrl(trigger));
      if (index >= 0) found[place]?.push(performance.now() - from);
      // One command at a time: what comes after the acknowledgement is not measured.
      if (place === 0) await quick.answered(trigger);
    }
    quick.forget();
  }
  for (const one of [bot, ...bolts, { stop: quick.close }]) await one.stop();
  return found;
}

/** One durable row a delivery: as little as can be written before it is acknowledged. */
function writer(path: string): (body: object) => void {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = full; create table heard (key text primary key, body text)');
  const insert = database.prepare('insert into heard values (?, ?)');
  return (body) => void insert.run(String((body as { trigger_id?: string }).trigger_id), JSON.stringify(body));
}

/** Until the card stands and is pinned, and until the first page was taken, each time of a new incident. */
async function declarations(directory: string, send: Send): Promise<readonly [ready: number[], paged: number[]]> {
  const slack = await openSlowSlack(PLATFORM_MS);
  const bot = await start(join(directory, 'slack-slow'), slack);
  const ready: number[] = [];
  const paged: number[] = [];
  for (let index = 0; index < DECLARATIONS; index += 1) {
    slack.forget();
    const from = performance.now();
    const [room, page] = [
      slack.answered('conversations.setTopic'),
      slack.answered('chat.postMessage', (body) => body.includes('channel=D1')),
    ];
    await send(bot.url + SLACK_PATH, `declare-${index}`, slack.responseUrl(`declare-${index}`), `sev1 Checkout is down ${index}`);
    ready.push((await room) - from);
    paged.push((await page) - from);
  }
  await bot.stop();
  await slack.close();
  return [ready, paged];
}

async function start(directory: string, slack: SlowSlack): Promise<RunningBot> {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const config = `${directory}.yaml`;
  const person = (name: string): string =>
    `{ name: ${name}, rank: admin, identities: { slack: U0${name.toUpperCase()} }, notify: { high: [{ pager: chat }] } }`;
  writeFileSync(
    config,
    `organization: Bench\npeople:\n  ana: ${person('Ana')}\n  bo: ${person('Bo')}\npolicies:\n  all: { name: All, levels: [{ targets: [{ person: bo }], timeout: 5m }] }\nincidents: { platforms: [slack], policy: all }\n`,
  );
  const read = readSettings(
    {
      ALLCLEAR_DATA: directory,
      ALLCLEAR_CONFIG: config,
      PORT: '0',
      LOG_LEVEL: 'silent',
      SLACK_BOT_TOKEN: 'xoxb-bench',
      SLACK_SIGNING_SECRET: SECRET,
      SLACK_API_URL: slack.apiUrl,
    },
    readFile,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const machine = { clock: systemClock, randomness: systemRandomness, variables: {}, readFile, write: () => undefined, isTerminal: false };
  const started = await startBot(read.settings, machine);
  if (!started.ok) throw new Error(started.problems.join('\n'));
  return started.running;
}

/** Bolt as its documentation shows it, with one listener that does this and acknowledges. */
async function startBolt(work: (body: object) => void): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const receiver = new HTTPReceiver({ signingSecret: SECRET, logLevel: LogLevel.ERROR });
  const app = new App({
    receiver,
    logLevel: LogLevel.ERROR,
    authorize: async () => ({ botToken: 'xoxb-bench', botId: 'B1', botUserId: 'U1' }),
  });
  app.command(/.*/, async ({ ack, body }) => {
    work(body);
    await ack();
  });
  const server = await receiver.start({ port: 0, host: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    async stop() {
      await receiver.stop();
    },
  };
}

type Send = (url: string, trigger: string, responseUrl: string, text?: string) => Promise<void>;

/** One connection that stays open, as Slack's. */
function sender(): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (url, trigger, responseUrl, text = 'help') => {
    const body = new URLSearchParams({
      command: '/incident',
      text,
      user_id: 'U0ANA',
      user_name: 'ana',
      team_id: 'T1',
      channel_id: 'C1',
      trigger_id: trigger,
      response_url: responseUrl,
    }).toString();
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    };
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent, headers }, (response) => {
        response.resume();
        response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`))));
      });
      sent.on('error', reject).end(body);
    });
  };
}
