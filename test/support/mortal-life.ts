import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Randomness } from '../../src/kit/randomness.ts';
import type { FromBot, ToBot } from './mortal-messages.ts';

const PROGRAM = new URL('./mortal-bot.ts', import.meta.url).pathname;
/** Commands on their way at once. */
const AT_ONCE = 4;
/** A command is not begun for ever: whoever kills at a moment that never comes has made a mistake. */
const COMMANDS_MAX = 60;

/** A command as a chat world delivers it: again and again under its key until it is answered. */
export interface Order {
  readonly id: number;
  readonly key: string;
  readonly person: string;
  readonly words: string;
  readonly incident: number | null;
  answer: Extract<FromBot, { kind: 'answer' }> | null;
}
export interface MortalWorld {
  readonly directory: string;
  readonly orders: readonly Order[];
  /** What the process told of bugs. */
  readonly bugs: readonly string[];
  /** Answers that came from the process that lived before, whose own answer was lost. */
  readonly answeredLate: readonly string[];
  /** Gives commands until the process is dead. Answers how it ended. */
  live(how: Life): Promise<NodeJS.Signals | number | null>;
  /** Gives what is left to answer, waits until nothing is owed, and lets it stop by itself. */
  liveToTheEnd(): Promise<NodeJS.Signals | number | null>;
  /** Lines the client wrote, each on the disk before the next command was given. */
  witness(): readonly string[];
}
export interface Life {
  /** `<moment>:<n>`, at which the process kills itself. */
  readonly fate?: string;
  /** Killed from outside so long after it was started, or so long after so many answers. */
  readonly killedAfterStartMs?: number;
  readonly killedAfter?: { readonly answers: number; readonly ms: number };
}

export interface MortalWorldOptions {
  readonly directory: string;
  readonly farEnd: string;
  readonly compileCache: string;
  readonly chance: Randomness;
}

export function mortalWorld(options: MortalWorldOptions): MortalWorld {
  const { directory, chance } = options;
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'witness.txt');
  const witness = openSync(path, 'a');
  const diary: Diary = { witness, orders: [], bugs: [], answeredLate: [] };
  const newOrder = (): Order => {
    const order = { id: diary.orders.length, ...think(diary.orders, chance), answer: null };
    diary.orders.push(order);
    return order;
  };
  return {
    directory,
    orders: diary.orders,
    bugs: diary.bugs,
    answeredLate: diary.answeredLate,
    async live({ fate = '', killedAfterStartMs, killedAfter }) {
      const child = birth(options, fate);
      const dead = ended(child);
      const killIn = (ms: number): void => void setTimeout(() => child.kill('SIGKILL'), ms);
      if (killedAfterStartMs !== undefined) killIn(killedAfterStartMs);
      await Promise.race([said(child, 'ready'), dead]);
      const answered = (count: number): void => {
        if (count === killedAfter?.answers) killIn(killedAfter.ms);
      };
      answered(0);
      void converse(child, diary, upTo(COMMANDS_MAX, newOrder), answered);
      return dead;
    },
    async liveToTheEnd() {
      const child = birth(options, '');
      const dead = ended(child);
      await said(child, 'ready');
      await converse(child, diary, () => null);
      say(child, { kind: 'idle?' });
      await said(child, 'idle');
      say(child, { kind: 'stop' });
      return dead;
    },
    witness() {
      closeSync(witness);
      return readFileSync(path, 'utf8').trim().split('\n');
    },
  };
}

/** What is known from outside about all lives together. */
interface Diary {
  /** A file; each line is on the disk before the next command is given. */
  readonly witness: number;
  readonly orders: Order[];
  readonly bugs: string[];
  readonly answeredLate: string[];
}

function birth({ directory, farEnd, compileCache }: Omit<MortalWorldOptions, 'chance'>, fate: string): ChildProcess {
  const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compileCache };
  const child = fork(PROGRAM, [directory, farEnd, fate], { execArgv: [], env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  // What is said to the dead is lost, as on any wire.
  child.on('error', () => undefined);
  return child;
}

function hear({ witness, orders, bugs, answeredLate }: Diary, message: FromBot): void {
  if (message.kind === 'bug') bugs.push(message.text);
  if (message.kind !== 'answer') return;
  const order = orders[message.id] as Order;
  order.answer = message;
  if (message.isKnown) answeredLate.push(order.key);
  writeSync(witness, `${order.key} ${message.ok}\n`);
  fsyncSync(witness);
}

function upTo(count: number, make: () => Order): () => Order | null {
  let made = 0;
  return () => {
    if (made >= count) return null;
    made += 1;
    return make();
  };
}

/** Keeps some commands on their way, first those nobody answered yet, then new ones; ends when none is left. */
function converse(
  child: ChildProcess,
  diary: Diary,
  fresh: () => Order | null,
  answered: (count: number) => void = () => undefined,
): Promise<void> {
  const waiting = diary.orders.filter(({ answer }) => answer === null);
  let underWay = 0;
  let answers = 0;
  const next = (): Order | null => waiting.shift() ?? fresh();
  const give = (): void => {
    for (let order = next(); order !== null; order = underWay < AT_ONCE ? next() : null) {
      underWay += 1;
      const { answer: _unanswered, ...command } = order;
      say(child, { kind: 'command', ...command });
    }
  };
  return new Promise((resolve) => {
    child.on('message', (message: FromBot) => {
      hear(diary, message);
      if (message.kind !== 'answer') return;
      answers += 1;
      underWay -= 1;
      answered(answers);
      if (underWay < AT_ONCE) give();
      if (underWay === 0) resolve();
    });
    give();
    if (underWay === 0) resolve();
  });
}

/** Starts a process only to fill the cache of compiled code, so that the others start sooner. */
export async function warmUp(options: Omit<MortalWorldOptions, 'chance'>): Promise<void> {
  mkdirSync(options.directory, { recursive: true });
  const child = birth(options, 'warm up');
  await said(child, 'ready');
  say(child, { kind: 'stop' });
  await ended(child);
}

function say(child: ChildProcess, message: ToBot): void {
  if (child.connected) child.send(message, () => undefined);
}
function said(child: ChildProcess, kind: FromBot['kind']): Promise<void> {
  return new Promise((resolve) => {
    const listen = (message: FromBot): void => {
      if (message.kind !== kind) return;
      child.off('message', listen);
      resolve();
    };
    child.on('message', listen);
  });
}
function ended(child: ChildProcess): Promise<NodeJS.Signals | number | null> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
}

type Thought = Pick<Order, 'key' | 'person' | 'words' | 'incident'>;

/** What somebody says next: declares, notes, acknowledges or resolves. Every text carries its key. */
function think(orders: readonly Order[], chance: Randomness): Thought {
  const key = `key-${orders.length}`;
  const open = orders.flatMap(({ answer, words }) => (words.startsWith('declare') && answer?.ok ? (answer.incident ?? []) : []));
  const incident = open[Math.floor(chance.fraction() * open.length)] ?? null;
  const roll = chance.fraction();
  if (incident === null || roll < 0.2) return { key, person: 'ana', words: `declare sev1 Checkout is down ${key}`, incident: null };
  if (roll < 0.75) return { key, person: 'bo', words: `note seen ${key}`, incident };
  if (roll < 0.9) return { key, person: 'bo', words: 'ack', incident };
  return { key, person: 'bo', words: `resolve mended ${key}`, incident };
}
