import type { ActingCommand, Command } from '../../command.ts';
import type { Refusal } from '../../domain/kernel.ts';
import { incidentOfPage } from '../../domain/paging/acts.ts';
import { refusalSentence } from '../../domain/registry.ts';
import { sayEvent } from '../../readings/timeline.ts';
import type { Answer, Reply } from '../ports.ts';
import type { CommandSet } from './commands.ts';
import type { DeclaredRoom } from './declared-rooms.ts';
import { formOf } from './form.ts';
import type { HearPorts } from './hear-ports.ts';

/** The values of a command as far as they are known. */
type Values = Readonly<Record<string, unknown>>;

/** What became of an act. `command` is null for a pin, which nobody typed. */
export function told(
  ports: HearPorts,
  command: Command | null,
  values: Values,
  answered: Answer,
  incident: number | null,
  rooms: readonly DeclaredRoom[] = [],
): Reply {
  if (!answered.ok)
    return refused(ports, answered.sentence, command !== null && ASKS_FOR_MORE.has(answered.code) ? { command, values } : null);
  const { next: nextOf, aloud } = (command ?? {}) as Partial<ActingCommand>;
  const concerned = incidentOf(answered.stream) ?? incident;
  const lines = answered.events.map(sayEvent);
  const document = ports.messages.document('done', { lines, rooms, next: nextOf?.(concerned) ?? null, incident: concerned });
  return { ok: true, quiet: aloud !== true, document, ...whereTo(concerned) };
}

/** Streams that are named after their incident; a switch or a schedule is not. */
const OF_INCIDENT: ReadonlySet<string> = new Set(['incident', 'page', 'run', 'followup']);

function incidentOf(stream: string): number | null {
  const [kind = '', name = ''] = stream.split('/');
  if (!OF_INCIDENT.has(kind)) return null;
  return kind === 'page' ? incidentOfPage(name) : Number(name);
}

export function whereTo(incident: number | null | undefined): { incident?: number } {
  return incident === null || incident === undefined ? {} : { incident };
}

/** Refusals of something that only lacks a word: the form asks for it, filled in as far as the words went. */
const ASKS_FOR_MORE: ReadonlySet<string> = new Set([
  'extend_for_how_long',
  'handover_to_whom',
  'name_a_runbook',
  'nobody_to_page',
  'override_until_when',
  'skip_why',
  'switch_not_confirmed',
  'switch_reason_too_short',
  'which_option',
  'which_status',
]);

interface Asked {
  readonly command: Command;
  readonly values: Values;
}

export function refusal(ports: HearPorts, { refused: code, values }: Refusal, asked: Asked | null = null): Reply {
  return refused(ports, refusalSentence(code, values), ASKS_FOR_MORE.has(code) ? asked : null);
}

function refused(ports: HearPorts, sentence: string, asked: Asked | null): Reply {
  const form = asked === null ? {} : { form: formOf(asked.command, asked.values, ports.catalog()) };
  return { ok: false, quiet: true, document: ports.messages.document('refused', { sentence }), ...form };
}

/** What is wrong or missing, with the form to put it right. */
export function complaint(
  ports: HearPorts,
  command: Command,
  values: Values,
  fields: Readonly<Record<string, string>>,
  problem: string | null,
): Reply {
  const form = formOf(command, values, ports.catalog());
  const { name, example } = command;
  const document = ports.messages.document('incomplete', { name, example, problem, complaints: Object.values(fields) });
  return { ok: false, quiet: true, document, form, fields };
}

export function help(ports: HearPorts, topic: string | null): Reply {
  const command = topic === null ? null : ports.commands.find(topic);
  if (command === null) return { ok: true, quiet: true, document: ports.messages.document('help', { groups: groups(ports.commands) }) };
  const args = Object.entries(command.args).map(([name, { label, required, keyword }]) => ({ name, label, required, keyword }));
  const { name, summary, example, aliases } = command;
  const document = ports.messages.document('help-command', { name, summary, example, aliases: aliases ?? [], args });
  return { ok: true, quiet: true, document };
}

function groups(commands: CommandSet): readonly { readonly group: string; readonly commands: readonly Command[] }[] {
  const names = [...new Set(commands.all.map(({ group }) => group))];
  return names.map((group) => ({ group, commands: commands.all.filter((command) => command.group === group) }));
}
