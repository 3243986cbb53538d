import type { Catalog } from '../../src/domain/catalog.ts';
import type { BotParts } from '../../src/engine/bot.ts';
import type { Store } from '../../src/engine/store-port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type Life, rememberingForge, startLife } from '../support/bot-life.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { loadCommands, NIGHT } from '../support/harness.ts';
import { memoryPlatform } from '../support/memory-platform.ts';
import { rememberingPagers } from '../support/remembering-pager.ts';

export interface BareBot {
  readonly life: Life;
  readonly clock: FakeClock;
  readonly bugs: readonly unknown[];
  /** Types a command line as a person. */
  types(person: string, words: string): Promise<void>;
}
interface BareBotOptions {
  readonly store: Store;
  readonly clock?: FakeClock;
  readonly catalog?: Catalog;
  readonly parts?: Partial<BotParts>;
}

/** The bot on a store of the test's own; nothing is expected of what it says or rings. */
export async function bareBot({ store, clock = fakeClock(NIGHT), catalog = exampleCatalog, parts = {} }: BareBotOptions): Promise<BareBot> {
  const bugs: unknown[] = [];
  const usual = { platforms: [memoryPlatform('console')], pagers: rememberingPagers().pagers, steps: [], commands: await loadCommands() };
  const life = await startLife({ catalog: () => catalog, clock, bugs, forge: rememberingForge([]), parts: { ...usual, ...parts } }, store);
  await life.settle();
  let deliveries = 0;
  return {
    life,
    clock,
    bugs,
    async types(person, words) {
      deliveries += 1;
      const key = `typed-${deliveries}`;
      await life.bot.hear({ platform: 'console', key, person, userName: person, incident: null, said: { kind: 'words', words } });
      await life.settle();
    },
  };
}

/** A store in memory that can be broken and mended: then nothing is written, as on a full disk. */
export async function breakableStore(): Promise<{ readonly store: Store; isBroken: boolean }> {
  const { store } = await openSqliteStore(':memory:');
  const breakable = {
    isBroken: false,
    store: {
      ...store,
      append: async (commits: Parameters<Store['append']>[0]) => {
        if (breakable.isBroken) throw new Error('disk full');
        return store.append(commits);
      },
    },
  };
  return breakable;
}
