import type { Catalog } from '../../src/domain/catalog.ts';
import { type Bot, type BotParts, createBot } from '../../src/engine/bot.ts';
import type { Messages } from '../../src/engine/messages.ts';
import type { Moment } from '../../src/engine/moment.ts';
import { type Answer, type Submission, TOO_LATE } from '../../src/engine/ports.ts';
import type { Lane, Queue, Store } from '../../src/engine/store-port.ts';
import { createLocalQueue } from '../../src/queue/local.ts';
import { rememberingForge } from '../support/bot-life.ts';
import { chance } from './chance.ts';
import type { FarEnds } from './far-ends.ts';
import type { Faults } from './faults.ts';
import { createLife, type Life, Struck } from './life.ts';
import type { Mutant } from './mutants.ts';
import { replicaStore, type StoreWires } from './replica-store.ts';
import type { World } from './world.ts';

/** A process of the bot that is started again whenever it dies. */
export interface Replica {
  isUp(): boolean;
  /** Null when it is not there to be asked; never answers when it dies meanwhile. */
  submit(submission: Submission): Promise<Answer> | null;
  /** Something may be due in this lane: what a message between replicas or the sweeper says. */
  nudge(lane: Lane): void;
  crash(why: string): void;
  pause(ms: number): void;
  /** Ends it as an operator does, and starts it again. */
  restart(): void;
  start(): void;
}

export interface Surroundings {
  readonly seed: number;
  readonly world: World;
  readonly faults: Faults;
  readonly core: Store;
  readonly wires: StoreWires;
  readonly farEnds: FarEnds;
  readonly catalog: Catalog;
  readonly messages: Messages;
  readonly mutant: Mutant | null;
  /** Looks at everything any replica does to the store. */
  readonly watch: (store: Store) => Store;
  /** Tells the other replicas that something was promised. */
  readonly tell: (from: number, lane: Lane, dueAt: number) => void;
}

const MOMENT_SHARE = 0.0006;
const DOWN_MS_MAX = 90_000;
const GRACE_MS = 10_000;

export function createReplica(around: Surroundings, number: number): Replica {
  const { world, faults, seed } = around;
  const downs = chance(seed, `downs of ${number}`);
  let lives = 0;
  let life: Life | null = null;
  let bot: Bot | null = null;
  let queue: Queue | null = null;

  function start(): void {
    lives += 1;
    const born = createLife({
      world,
      faults,
      name: `replica ${number}.${lives}`,
      skewMs: around.mutant?.skewMs?.(number) ?? 0,
      blind: around.mutant?.blind === true,
      died: startAgain,
    });
    around.mutant?.born?.(number);
    const parts = partsOf(around, born, number, lives, (made) => {
      queue = made;
    });
    world.trace(`${born.name} starts`);
    life = born;
    bot = createBot(parts);
    // A dead process never gets to the end of its start.
    void bot.start();
  }
  function startAgain(): void {
    bot = null;
    queue = null;
    life = null;
    const downMs = downs.between(500, DOWN_MS_MAX);
    world.disturb(downMs);
    world.after(downMs, start);
  }
  return {
    start,
    isUp: () => life !== null,
    submit: (submission) => {
      world.touch();
      const [asked, of] = [bot, life];
      if (asked === null || of === null || of.isPaused()) return null;
      return new Promise((resolve) => void asked.submit(submission).then((answer) => of.within(() => resolve(answer))));
    },
    nudge: (lane) => {
      const [nudged, clock] = [queue, life?.clock];
      if (nudged !== null && clock !== undefined) life?.within(() => nudged.wake(lane, clock.now()));
    },
    crash: (why) => life?.die(why),
    pause: (ms) => life?.pause(ms),
    restart() {
      const [ending, of] = [bot, life];
      if (ending === null || of === null) return;
      world.trace(`${of.name} is stopped`);
      bot = null;
      world.disturb(GRACE_MS);
      void ending.stop(GRACE_MS).then(() => of.die('stopped'));
    },
  };
}

function partsOf(around: Surroundings, life: Life, number: number, lives: number, made: (queue: Queue) => void): BotParts {
  const { world, faults, seed, messages, catalog, mutant, farEnds } = around;
  const bug = (fault: unknown, where: string): void => {
    if (life.isDead() || fault instanceof Struck) return;
    world.violate('no bug', `${where}: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`);
  };
  const pass = (moment: Moment): void => {
    if (life.isDead() || !faults.strikes('crash-moments', MOMENT_SHARE)) return;
    life.die(moment);
    throw new Struck(`the process died ${moment}`);
  };
  const { clock } = life;
  const reached = around.watch(mutant?.reach?.({ core: around.core, life, farEnds, number }) ?? around.core);
  const store = replicaStore(reached, life, world, faults, around.wires);
  return {
    store: mutant?.wire?.(store, life, faults) ?? store,
    queue: (nextDue) => {
      const queue = createLocalQueue(clock, nextDue, bug);
      made(queue);
      return telling(queue, (lane, dueAt) => around.tell(number, lane, dueAt));
    },
    clock,
    randomness: chance(seed, `replica ${number} ${lives}`),
    catalog: () => catalog,
    messages,
    commands: [],
    platforms: [farEnds.platform(life)],
    pagers: farEnds.pagers(life).map((pager) => mutant?.pager?.(pager) ?? pager),
    steps: [],
    forge: rememberingForge([]),
    renderPostmortem: () => '',
    links: { acknowledge: (_page, _person, notification) => notification, incident: (incident) => `inc-${incident}` },
    watch: {
      submitted: () => undefined,
      bug,
      delivered: ({ effect, outcome, reason, detail }) => {
        world.trace(`${life.name} ${effect} ${outcome}${reason === null ? '' : ` ${reason}`}`);
        faults.count(`delivery ${outcome}`);
        // Before its turn came, or while it read what to send.
        if (outcome === 'late' || detail === TOO_LATE.detail) faults.count('sent nothing after its lease');
        farEnds.gaveUp(effect, life.name);
      },
    },
    pass,
  };
}

/** What is due in this process is also told to the others. */
function telling(queue: Queue, tell: (lane: Lane, dueAt: number) => void): Queue {
  return {
    ...queue,
    wake(lane, dueAt) {
      queue.wake(lane, dueAt);
      tell(lane, dueAt);
    },
  };
}
