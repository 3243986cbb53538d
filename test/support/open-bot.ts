import type { Bot } from '../../src/engine/bot.ts';
import { parseDuration } from '../../src/kit/duration.ts';
import { type OpenedStore, openSqliteStore } from '../../src/store/sqlite.ts';
import { rememberingForge, startLife } from './bot-life.ts';
import { exampleCatalog } from './catalog.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { loadCommands, NIGHT } from './harness.ts';
import { type MemoryPlatform, memoryPlatform } from './memory-platform.ts';
import { rememberingPagers } from './remembering-pager.ts';

/** A bot whose database lies open: for tests that look into the tables or meddle with them. */
export interface OpenBot {
  readonly opened: OpenedStore;
  readonly bot: Bot;
  readonly clock: FakeClock;
  readonly room: MemoryPlatform;
  /** Types a command line in the room of an incident or outside of any, and plays what follows to its end. */
  types(person: string, words: string, incident?: number): Promise<void>;
  fastForward(duration: string): Promise<void>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

export async function openBot(): Promise<OpenBot> {
  const opened = await openSqliteStore(':memory:');
  const clock = fakeClock(NIGHT);
  const room = memoryPlatform('console');
  const bugs: unknown[] = [];
  const { pagers } = rememberingPagers();
  const parts = { platforms: [room], pagers, steps: [], commands: await loadCommands() };
  const life = await startLife({ catalog: () => exampleCatalog, clock, bugs, forge: rememberingForge([]), parts }, opened.store);
  let deliveries = 0;
  await life.settle();
  return {
    opened,
    bot: life.bot,
    clock,
    room,
    settle: life.settle,
    async types(person, words, incident) {
      deliveries += 1;
      const said = { kind: 'words', words } as const;
      const key = `delivery-${deliveries}`;
      const reply = await life.bot.hear({ platform: 'console', key, person, userName: person, incident: incident ?? null, said });
      if (!reply.ok) throw new Error(`${person} could not say ${words}`);
      await life.settle();
    },
    fastForward: (duration) => clock.advance(parseDuration(duration) ?? 0, life.settle),
    async close() {
      await life.bot.stop(1_000);
      await opened.store.close();
      if (bugs.length > 0) throw new AggregateError(bugs, 'the bot met bugs');
    },
  };
}
