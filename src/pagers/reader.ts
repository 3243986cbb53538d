import type { CurrentCatalog } from '../engine/ports.ts';
import type { Reader } from '../readings/plain-text.ts';

/** What people type before a command, wherever they read of it. */
const COMMAND_PREFIX = '/incident';

/** How somebody who is paged reads: names instead of ids, times on the clock on their wall. */
export function readerFor(catalog: CurrentCatalog, person: string, now: number | null): Reader {
  const { people, timeZone } = catalog();
  return {
    personName: (id) => people[id]?.name ?? id,
    timeZone: people[person]?.timeZone ?? timeZone,
    now,
    commandPrefix: COMMAND_PREFIX,
  };
}
