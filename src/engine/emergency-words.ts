import type { Bot } from './bot.ts';
import { headingOf } from './hear/commands.ts';
import type { Heard } from './ports.ts';
import { SPOOL_NUMBERS } from './store-port.ts';

/** What touches incidents and their pages only. Switches, runbooks and approvals fail closed: nobody can check them now. */
const COMMANDS: ReadonlySet<string> = new Set([
  'declare',
  'drill',
  'page',
  'ack',
  'escalate',
  'note',
  'update',
  'sev',
  'status',
  'service',
  'role',
  'resolve',
  'cancel',
  'list',
  'timeline',
  'oncall',
]);
/** These need no incident: what is open in the room does not matter to them. */
const ANYWHERE: ReadonlySet<string> = new Set(['declare', 'drill', 'list', 'oncall']);

export function isEmergencyCommand(name: string): boolean {
  return COMMANDS.has(name);
}

/** What has to wait until the database is back, in words for the asker; null when it need not. */
export function hasToWait({ commands }: Pick<Bot, 'commands'>, heard: Heard): string | null {
  const { said } = heard;
  if (said.kind === 'home') return null;
  if (said.kind === 'pin' || said.kind === 'edited') return 'a pin';
  const named = said.kind === 'form' ? commands.find(said.command) : commandOf(commands, said.words);
  const name = named?.name ?? 'declare';
  if (!COMMANDS.has(name)) return `the command ${name}`;
  const older = incidentsNamed(heard).find((incident) => incident < SPOOL_NUMBERS);
  return older === undefined || ANYWHERE.has(name) ? null : `inc-${older}`;
}

function commandOf(commands: Bot['commands'], words: string) {
  const heading = headingOf(words, commands);
  return heading.kind === 'command' ? heading.command : null;
}

/** Incidents a delivery is about: the room's, and those it names as `inc-42` or as page `42-1`. */
export function incidentsNamed({ incident, said }: Pick<Heard, 'incident' | 'said'>): readonly number[] {
  const text = said.kind === 'words' ? said.words : said.kind === 'form' ? Object.values(said.values).join(' ') : '';
  const named = [...text.matchAll(/\binc-([1-9]\d{0,8})\b|(?<![\w-])([1-9]\d{0,8})-[1-9]\d{0,4}(?![\w-])/g)];
  return [...named.map(([, room, page]) => Number(room ?? page)), ...(incident === null ? [] : [incident])];
}
