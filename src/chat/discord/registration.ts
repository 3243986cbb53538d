import type { CommandOutline } from '../../engine/ports.ts';
import { canonicalJson } from '../../kit/canonical-json.ts';
import type { DiscordApi } from './api.ts';
import type { Failure } from './outcome.ts';
import { slashCommands } from './slash-commands.ts';

/**
 * Registers the commands on the server when they are other than what stands there: Discord takes two hundred new ones a day
 * (interactions/application-commands#registering-a-command), and people would wait for nothing. Null when all is well.
 */
export async function registerCommands(
  api: DiscordApi,
  application: string,
  guild: string,
  outlines: readonly CommandOutline[],
): Promise<Failure | null> {
  const route = `/applications/${application}/guilds/${guild}/commands`;
  const wanted = slashCommands(outlines);
  const standing = await api.call('GET', route);
  if (!standing.ok) return standing.failure;
  if (plain(standing.result) === plain(wanted)) return null;
  const put = await api.call('PUT', route, { body: wanted });
  return put.ok ? null : put.failure;
}

/** What we say about a command, and not what Discord adds: its ids, versions and whatever it takes for granted. */
const OURS = new Set([
  'type',
  'name',
  'description',
  'options',
  'required',
  'choices',
  'value',
  'autocomplete',
  'min_value',
  'max_value',
  'min_length',
  'max_length',
]);

function plain(commands: unknown): string {
  const sorted = [...(commands as readonly { readonly name: string; readonly type: number }[])].sort(
    (one, other) => one.type - other.type || (one.name < other.name ? -1 : 1),
  );
  return canonicalJson(stripped(sorted));
}

function stripped(value: unknown): never {
  if (Array.isArray(value)) return value.map(stripped) as never;
  if (typeof value !== 'object' || value === null) return value as never;
  const kept = Object.entries(value).filter(([name, one]) => OURS.has(name) && !isTakenForGranted(one));
  return Object.fromEntries(kept.map(([name, one]) => [name, stripped(one)])) as never;
}

function isTakenForGranted(value: unknown): boolean {
  return value === false || value === null || value === '' || value === undefined || (Array.isArray(value) && value.length === 0);
}
