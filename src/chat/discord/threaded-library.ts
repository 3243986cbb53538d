import type { Catalog } from '../../domain/catalog.ts';
import type { CommandOutline } from '../../engine/ports.ts';
import { nearPort } from '../../kit/line.ts';
import { keepLibraryThread } from '../library-thread.ts';
import type { DiscordLibrary, DiscordLibraryOptions } from './library.ts';

/** What changes when the configuration is read again. */
export interface DiscordCurrent {
  readonly catalog: Catalog;
  readonly outlines: readonly CommandOutline[];
}
/** What the thread may ask besides. */
export type Completing = Pick<DiscordLibraryOptions, 'openIncidents'>;

/** Discord's library in a thread of its own: it is not even loaded in this one. */
export function threadDiscordLibrary(options: DiscordLibraryOptions): DiscordLibrary {
  const { token, guild, apiUrl, digestChannel, category, roomsChannel, hasBridge, secret, timeoutMs, editEveryMs } = options;
  const { catalog, outlines, openIncidents } = options;
  let current: DiscordCurrent | null = null;
  const { ask, askAgain, ...thread } = keepLibraryThread({
    ...options,
    name: 'discord',
    module: new URL('./library-service.ts', import.meta.url),
    settings: { token, guild, apiUrl, digestChannel, category, roomsChannel, hasBridge, secret, timeoutMs, editEveryMs },
    current() {
      if (current?.catalog !== catalog()) current = { catalog: catalog(), outlines: outlines() };
      return current;
    },
    ports: { completing: nearPort<Completing>({ openIncidents }, ['openIncidents']) },
  });
  return {
    ...thread,
    greet: async () => void (await ask('greet', [])),
    work: async (dispatch) => void (await askAgain('work', [dispatch])),
    catchUp: async () => void (await ask('catchUp', [])),
  };
}
