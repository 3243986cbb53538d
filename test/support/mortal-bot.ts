// A whole bot in a process of its own, to be killed: the real ledger in a file, the real clock, console and webhook pager.
// Arguments: directory, address of the far end, and perhaps `<moment>:<n>`, when it kills itself as that moment passes the
// n-th time. It is talked to over IPC, in the messages of `mortal-messages.ts`.
import { appendFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import ack from '../../commands/ack.ts';
import declare from '../../commands/declare.ts';
import note from '../../commands/note.ts';
import resolve from '../../commands/resolve.ts';
import { createConsolePlatform } from '../../src/chat/console/platform.ts';
import type { Command } from '../../src/command.ts';
import { type Bot, createBot } from '../../src/engine/bot.ts';
import { createMessages } from '../../src/engine/messages.ts';
import type { PassMoment } from '../../src/engine/moment.ts';
import type { Store } from '../../src/engine/store-port.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { createHttpClient } from '../../src/kit/http.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { webhookPager } from '../../src/pagers/webhook.ts';
import { createLocalQueue } from '../../src/queue/local.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import { lockDataDirectory } from '../../src/store/data-lock.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { hurriedCatalog } from './hurried-catalog.ts';
import { type FromBot, LEDGER, MOMENTS, type ToBot } from './mortal-messages.ts';

const [, , directory = '', farEnd = '', fate = ''] = process.argv;
const IDLE_LOOK_MS = 20;

function tell(message: FromBot): void {
  process.send?.(message);
}

/** Kills this process, with no chance to finish anything, at the moment it is told; writes down first that it was there. */
function killer(): PassMoment {
  const [fatal, times = '0'] = fate.split(':');
  let left = Number(times);
  return (moment) => {
    if (moment !== fatal) return;
    left -= 1;
    if (left !== 0) return;
    appendFileSync(join(directory, MOMENTS), `${fate}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The signal is delivered when this thread next enters the kernel: it goes no further than here.
    for (;;) process.hrtime();
  };
}

function complain(fault: unknown): void {
  tell({ kind: 'bug', text: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) });
}

function assemble(store: Store, platform: Parameters<typeof createBot>[0]['platforms'][number]): Bot {
  const catalog = hurriedCatalog(farEnd);
  const { hostname } = new URL(farEnd);
  const http = createHttpClient({ allow: [hostname] });
  return createBot({
    store,
    queue: (nextDue) => createLocalQueue(systemClock, nextDue, complain),
    clock: systemClock,
    randomness: systemRandomness,
    catalog: () => catalog,
    messages: createMessages('templates/messages', () => catalog),
    commands: [ack, declare, note, resolve] as readonly Command[],
    platforms: [platform],
    pagers: [webhookPager({ http, clock: systemClock, catalog: () => catalog, secret: null })],
    steps: [],
    forge: { name: 'none', publish: async () => ({ outcome: 'dead', reason: 'client', detail: 'nobody asks for a postmortem here' }) },
    renderPostmortem: () => '',
    links: { acknowledge: (page) => `${farEnd}/ack/${page}`, incident: (incident) => `${farEnd}/incidents/${incident}` },
    watch: { submitted: () => undefined, delivered: () => undefined, bug: complain },
    pass: killer(),
  });
}

async function obey(store: Store, bot: Bot, message: ToBot): Promise<void> {
  if (message.kind === 'stop') {
    await bot.stop(2_000);
    await store.close();
    process.exit(0);
  }
  if (message.kind === 'idle?') {
    const owed = await store.outbox.list({ states: ['pending', 'claimed'], limit: 1 });
    if (owed.length === 0 && !bot.busy()) tell({ kind: 'idle' });
    else systemClock.alarm(systemClock.now() + IDLE_LOOK_MS, () => void obey(store, bot, message).catch(complain));
    return;
  }
  const { id, key, person, words, incident } = message;
  const isKnown = (await store.answered(`console ${key}`)) !== null;
  const reply = await bot.hear({ platform: 'console', key, person, userName: person, incident, said: { kind: 'words', words } });
  const reader = { personName: (name: string) => name, timeZone: 'UTC', now: systemClock.now(), commandPrefix: '/incident' };
  tell({ kind: 'answer', id, isKnown, ok: reply.ok, incident: reply.incident ?? null, text: plainText(reply.document, reader) });
}

const lock = lockDataDirectory(directory);
if (!lock.held) throw new Error(`${directory} is held by ${lock.by}`);
const { store, database } = await openSqliteStore(join(directory, LEDGER));
const console = createConsolePlatform({ database, clock: systemClock, roomUrl: (incident) => `${farEnd}/incidents/${incident}` });
const bot = assemble(store, console);
process.on('message', (message: ToBot) => void obey(store, bot, message).catch(complain));
await bot.start();
// Who is killed writes no cache of compiled code at its end, as Node otherwise would.
if (fate === 'warm up') flushCompileCache();
tell({ kind: 'ready' });
