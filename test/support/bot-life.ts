import type { Catalog } from '../../src/domain/catalog.ts';
import { type Bot, type BotParts, createBot } from '../../src/engine/bot.ts';
import { createMessages } from '../../src/engine/messages.ts';
import type { Moment } from '../../src/engine/moment.ts';
import type { Forge } from '../../src/engine/ports.ts';
import type { Store } from '../../src/engine/store-port.ts';
import type { Clock } from '../../src/kit/clock.ts';
import { loadTemplates } from '../../src/kit/templates.ts';
import { createLocalQueue } from '../../src/queue/local.ts';
import type { PostmortemFile } from '../../src/readings/postmortem-file.ts';
import { exampleCatalog } from './catalog.ts';
import { seededRandomness } from './seeded-randomness.ts';

/** What outlives the bot: the world around it. */
export interface World {
  readonly catalog: () => Catalog;
  readonly clock: Clock;
  readonly bugs: unknown[];
  readonly forge: Forge;
  readonly parts: Pick<BotParts, 'platforms' | 'pagers' | 'steps' | 'commands'> & Partial<BotParts>;
}

/** One run of the bot's process. */
export interface Life {
  readonly bot: Bot;
  isDead(): boolean;
  /** Dies at the next such moment: from then on nothing of it reaches the store any more. */
  dieAt(moment: Moment): void;
  /** Everything begun is played to its end, or the process is dead. */
  settle(): Promise<void>;
}

export async function startLife(world: World, store: Store): Promise<Life> {
  let isDead = false;
  let diesAt: Moment | null = null;
  const pass = (moment: Moment): void => {
    if (moment !== diesAt || isDead) return;
    isDead = true;
    throw new Error(`the process died: ${moment}`);
  };
  const bug = (fault: unknown): void => {
    if (!isDead) world.bugs.push(fault);
  };
  const bot = createBot({ ...usualParts(world, bug), ...world.parts, store: mortal(store, () => isDead), pass });
  await bot.start();
  return {
    bot,
    isDead: () => isDead,
    dieAt: (moment) => {
      diesAt = moment;
    },
    async settle() {
      // Calm for two turns of the event loop: what was begun has been played to its end.
      for (let calm = 0; calm < 2 && !isDead; calm = bot.busy() ? 0 : calm + 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Templates are compiled once for all scenarios of a file; which catalog they name people from changes with the scenario. */
const shared = { catalog: (): Catalog => exampleCatalog };
const messages = createMessages('templates/messages', () => shared.catalog());
const postmortems = loadTemplates('templates');

function usualParts({ catalog, clock, forge }: World, bug: (fault: unknown) => void) {
  shared.catalog = catalog;
  return {
    clock,
    queue: (nextDue: Parameters<BotParts['queue']>[0]) => createLocalQueue(clock, nextDue, bug),
    randomness: seededRandomness(42),
    catalog,
    messages,
    forge,
    renderPostmortem: (model: object) => postmortems.render('postmortem', model),
    links: {
      acknowledge: (page: string, person: string, notification: string) =>
        `https://allclear.example.org/ack/${page}/${person}/${notification}`,
      incident: (incident: number) => `https://allclear.example.org/incidents/${incident}`,
    },
    watch: { submitted: () => undefined, delivered: () => undefined, bug },
  };
}

/** A store a dead process cannot reach: it never hears back. */
function mortal(store: Store, isDead: () => boolean): Store {
  const guard = <Given extends unknown[], Result>(does: (...given: Given) => Promise<Result>) => {
    return (...given: Given): Promise<Result> => (isDead() ? new Promise(() => undefined) : does(...given));
  };
  const { outbox } = store;
  return {
    append: guard((commits) => store.append(commits)),
    entries: guard((range) => store.entries(range)),
    streams: guard((query) => store.streams(query)),
    answered: guard((key) => store.answered(key)),
    head: guard(() => store.head()),
    close: guard(() => store.close()),
    outbox: {
      claim: guard((request) => outbox.claim(request)),
      renew: guard((request) => outbox.renew(request)),
      settle: guard((settlements) => outbox.settle(settlements)),
      release: guard((request) => outbox.release(request)),
      nextDue: guard((lane) => outbox.nextDue(lane)),
      list: guard((query) => outbox.list(query)),
      owedBy: guard((range) => outbox.owedBy(range)),
    },
  };
}

/** A forge that keeps what it was given. */
export function rememberingForge(published: PostmortemFile[]): Forge {
  return {
    name: 'memory',
    async publish(file) {
      published.push(file);
      const { incident, branch, path } = file;
      // The same text is the same commit, as in git.
      const first = published.findIndex((other) => other.markdown === file.markdown);
      const commit = first.toString(16).padStart(40, 'a');
      return { outcome: 'done', acts: [{ type: 'followup.published', incident, url: null, branch, path, commit, forge: 'memory' }] };
    },
  };
}
