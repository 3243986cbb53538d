import { createDiscordLibrary, type MakeDiscordLibrary } from '../../../src/chat/discord/library.ts';
import { createDiscordPlatform, type DiscordOptions, type DiscordPlatform } from '../../../src/chat/discord/platform.ts';
import { createNotes, type Notes } from '../../../src/chat/notes.ts';
import { loadCommands } from '../../../src/compose.ts';
import type { Catalog } from '../../../src/domain/catalog.ts';
import { outlineOf } from '../../../src/engine/hear/outline.ts';
import type { Hear } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { exampleCatalog } from '../catalog.ts';
import { type DiscordFarEnd, openDiscordFarEnd } from './discord-far-end.ts';

/** A Discord server and the platform before it, over real sockets. */
export interface DiscordWorld {
  readonly platform: DiscordPlatform;
  readonly far: DiscordFarEnd;
  readonly bugs: unknown[];
  readonly notes: Notes;
  /** Another platform on the same notes, as after a restart or of another replica. */
  again(hear: Hear, more?: Partial<DiscordOptions>): Promise<DiscordPlatform>;
  close(): Promise<void>;
}
export type WorldOptions = Partial<Pick<DiscordOptions, 'category' | 'digestChannel' | 'roomsChannel' | 'hasBridge' | 'token' | 'pace'>>;

export async function openDiscordWorld(
  hear: Hear,
  options: WorldOptions | ((far: DiscordFarEnd) => WorldOptions) = {},
  makeLibrary: MakeDiscordLibrary = createDiscordLibrary,
): Promise<DiscordWorld> {
  const far = await openDiscordFarEnd();
  const { store, database } = await openSqliteStore(':memory:');
  const notes = createNotes(database.$pickTables<'platform_notes'>(), 'discord');
  const commands = await loadCommands('commands');
  const catalog = catalogWith(far.ids);
  const bugs: unknown[] = [];
  const platforms: DiscordPlatform[] = [];
  const create = async (hearing: Hear, more: Partial<DiscordOptions> = {}): Promise<DiscordPlatform> => {
    const platform = createDiscordPlatform(
      {
        token: far.token,
        guild: far.state.guild,
        apiUrl: far.apiUrl,
        digestChannel: null,
        category: null,
        roomsChannel: null,
        hasBridge: false,
        ...(typeof options === 'function' ? options(far) : options),
        notes,
        catalog: () => catalog,
        clock: systemClock,
        secret: 'the secret of this installation, long enough',
        outlines: () => commands.map((command) => outlineOf(command, catalog)),
        openIncidents: async () => [{ number: 42, title: 'Checkout is down' }],
        bug: (fault) => void bugs.push(fault),
        timeoutMs: 1_000,
        editEveryMs: 0,
        ...more,
      },
      makeLibrary,
    );
    platforms.push(platform);
    await platform.start(hearing);
    return platform;
  };
  return {
    platform: await create(hear),
    far,
    bugs,
    notes,
    again: create,
    async close() {
      for (const one of platforms) {
        await one.stop();
        await one.close();
      }
      await far.close();
      await store.close();
    },
  };
}

/** Everybody but `dee` has an account there; `guest` is nobody of the catalog. */
function catalogWith(ids: Readonly<Record<string, string>>): Catalog {
  const known = Object.entries(exampleCatalog.people).map(([id, person]) => {
    const discord = ids[id];
    return [id, discord === undefined ? person : { ...person, identities: { discord } }] as const;
  });
  return { ...exampleCatalog, people: Object.fromEntries(known) };
}
