import type { ActingCommand, Asking, Command, Readings } from '../../command.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { type AskedAct, isRefusal, type Refusal } from '../../domain/kernel.ts';
import { refusalSentence } from '../../domain/registry.ts';
import type { SwitchState } from '../../domain/switches/state.ts';
import type { Clock } from '../../kit/clock.ts';
import { sayEvent } from '../../readings/timeline.ts';
import type { Messages } from '../messages.ts';
import type { CurrentCatalog, Hear, Heard, Reply, Submit } from '../ports.ts';
import { type CommandSet, headingOf } from './commands.ts';
import { formOf } from './form.ts';
import { recognise } from './recognise.ts';
import { type ReadWords, readWords } from './words.ts';

export interface HearPorts {
  readonly commands: CommandSet;
  readonly submit: Submit;
  readonly readings: Readings;
  readonly switchStates: () => Promise<Readonly<Record<string, SwitchState>>>;
  readonly messages: Messages;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
}

/** Open incidents named in "which incident?". */
const OPEN_LISTED_MAX = 5;

/**
 * Words become one act or one answer. The same for every chat world: the grammar, help, forms for what is missing, the
 * nearest command to a misspelt one, and the sentence of every refusal.
 */
export function createHear(ports: HearPorts): Hear {
  return async (heard) => {
    if (heard.person === null) return refusal(ports, { refused: 'unknown_person_asking', values: { user: heard.userName } });
    const known = { ...heard, person: heard.person };
    switch (heard.said.kind) {
      case 'words':
        return hearWords(ports, known, heard.said.words);
      case 'form':
        return hearForm(ports, known, heard.said.command, heard.said.values);
      case 'pin':
        return hearPin(ports, known, heard.said);
    }
  };
}
type Known = Heard & { readonly person: string };

async function hearWords(ports: HearPorts, heard: Known, words: string): Promise<Reply> {
  const heading = headingOf(words, ports.commands);
  if (heading.kind === 'help') return help(ports, heading.topic);
  if (heading.kind === 'command') return runWords(ports, heard, heading.command, heading.rest);
  // A sentence that starts with no command declares; a lone misspelt word asks what was meant.
  const sentence = heading.line.includes(' ');
  const declare = ports.commands.find('declare');
  const graded = isSeverity(heading.word, ports.catalog());
  if (declare !== null && sentence && (graded || heading.nearest === null)) return runWords(ports, heard, declare, heading.line);
  const { word, nearest, line } = heading;
  const document = ports.messages.document('unknown-command', { word, nearest, line, sentence });
  return { ok: false, quiet: true, document };
}

/** `/incident sev1 Checkout is down` declares too. */
function isSeverity(word: string, catalog: Catalog): boolean {
  return catalog.severities.some(({ id, rank }) => id === word.toLowerCase() || new RegExp(`^[ps]${rank}$`, 'i').test(word));
}

async function runWords(ports: HearPorts, heard: Known, command: Command, rest: string): Promise<Reply> {
  const vocabulary = { catalog: ports.catalog(), person: heard.person, now: ports.clock.now() };
  return run(ports, heard, command, readWords(command.args, rest, vocabulary), false);
}

async function hearForm(ports: HearPorts, heard: Known, name: string, texts: Readonly<Record<string, string>>): Promise<Reply> {
  const command = ports.commands.find(name);
  if (command === null) return refusal(ports, { refused: 'malformed', values: { problem: `there is no form ${name}` } });
  const vocabulary = { catalog: ports.catalog(), person: heard.person, now: ports.clock.now() };
  const values: Record<string, unknown> = {};
  const missing: string[] = [];
  const fields: Record<string, string> = {};
  for (const [field, arg] of Object.entries(command.args)) {
    const text = texts[field]?.trim() ?? '';
    const value = text === '' ? null : recognise(arg, text, vocabulary);
    if (text !== '' && value === null) fields[field] = `"${text}" is no ${arg.widget} I know.`;
    if (text === '' && arg.required) missing.push(field);
    else values[field] = value;
  }
  if (Object.keys(fields).length > 0) return complaint(ports, command, values, fields);
  return run(ports, heard, command, { values, missing, problem: null }, true);
}

async function run(ports: HearPorts, heard: Known, command: Command, read: ReadWords, fromForm: boolean): Promise<Reply> {
  const gathered = await gather(ports, heard, command, read);
  if ('refused' in gathered) return refusal(ports, gathered);
  const { asking, values, missing } = gathered;
  if (missing.length > 0) {
    const fields = Object.fromEntries(missing.map((field) => [field, `Needed: ${command.args[field]?.label ?? field}.`]));
    return complaint(ports, command, values, fromForm ? fields : {}, read.problem);
  }
  if (read.problem !== null) return complaint(ports, command, values, {}, read.problem);
  const fields = fieldProblems(command, values);
  if (Object.keys(fields).length > 0) return complaint(ports, command, values, fields);
  return actOrAnswer(ports, heard, command, values, asking);
}

function fieldProblems(command: Command, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const [name, arg] of Object.entries(command.args)) {
    const parsed = arg.schema.safeParse(values[name] ?? null);
    const message = parsed.error?.issues[0]?.message;
    if (message !== undefined) problems[name] = `${arg.label}: ${message}.`;
  }
  return problems;
}

interface Gathered {
  readonly asking: Asking;
  readonly values: Readonly<Record<string, unknown>>;
  readonly missing: readonly string[];
}

/** The incident that is meant and what is going on in it. */
async function gather(ports: HearPorts, heard: Known, command: Command, read: ReadWords): Promise<Gathered | Refusal> {
  const arg = Object.entries(command.args).find(([, { widget }]) => widget === 'incident');
  const named = arg === undefined ? null : (read.values[arg[0]] as number | null | undefined);
  const number = named ?? heard.incident ?? (await onlyOpen(ports));
  if (arg?.[1].required === true && number === null) return whichIncident(ports);
  const view = number === null ? null : await ports.readings.incident(number);
  if (number !== null && view === null && named !== null && named !== undefined) {
    return { refused: 'no_such_incident', values: { incident: String(number) } };
  }
  const filled = arg?.[1].required ? { ...read.values, [arg[0]]: number } : read.values;
  const asking: Asking = {
    person: heard.person,
    platform: heard.platform,
    catalog: ports.catalog(),
    now: ports.clock.now(),
    view,
    switches: await ports.switchStates(),
  };
  return { asking, values: filled, missing: read.missing.filter((name) => name !== arg?.[0]) };
}

async function onlyOpen(ports: HearPorts): Promise<number | null> {
  const open = await ports.readings.incidents({ open: true, limit: 2 });
  return open.length === 1 ? (open[0]?.number ?? null) : null;
}

async function whichIncident(ports: HearPorts): Promise<Refusal> {
  const open = await ports.readings.incidents({ open: true, limit: OPEN_LISTED_MAX });
  return { refused: 'which_incident', values: { open: open.map(({ number, title }) => `inc-${number} (${title})`).join(', ') } };
}

async function actOrAnswer(ports: HearPorts, heard: Known, command: Command, values: object, asking: Asking): Promise<Reply> {
  const asked = command.act?.(values as never, asking) ?? null;
  if (asked === null) return answer(ports, command, values, asking);
  if (isRefusal(asked)) return refusal(ports, asked);
  const answered = await ports.submit({ act: asked, actor: `person:${heard.person}`, key: heard.key });
  if (!answered.ok) return refused(ports, answered.sentence);
  const incident = incidentOf(answered.stream) ?? asking.view?.incident.number ?? null;
  const { next: nextOf, aloud } = command as ActingCommand;
  const lines = answered.events.map(sayEvent);
  const document = ports.messages.document('done', { lines, next: nextOf?.(incident) ?? null, incident });
  return { ok: true, quiet: aloud !== true, document, ...whereTo(incident) };
}

async function answer(ports: HearPorts, command: Command, values: object, asking: Asking): Promise<Reply> {
  if (command.answer === undefined) throw new Error(`${command.name} neither acts nor answers`);
  const call = await command.answer(values as never, asking, ports.readings);
  if (isRefusal(call)) return refusal(ports, call);
  return { ok: true, quiet: true, document: ports.messages.document(call.message, call.model), ...whereTo(asking.view?.incident.number) };
}

function incidentOf(stream: string): number | null {
  return stream.startsWith('incident/') ? Number(stream.slice('incident/'.length)) : null;
}

function whereTo(incident: number | null | undefined): { incident?: number } {
  return incident === null || incident === undefined ? {} : { incident };
}

async function hearPin(ports: HearPorts, heard: Known, said: Extract<Heard['said'], { kind: 'pin' }>): Promise<Reply> {
  if (heard.incident === null) return refusal(ports, await whichIncident(ports));
  const { message, text, author, at, url } = said;
  const place = { incident: heard.incident, platform: heard.platform, message };
  const asked: AskedAct = said.pinned
    ? { type: 'incident.pin', ...place, text, author, saidAt: at, url }
    : { type: 'incident.unpin', ...place };
  const answered = await ports.submit({ act: asked, actor: `person:${heard.person}`, key: heard.key });
  if (!answered.ok) return refused(ports, answered.sentence);
  const document = ports.messages.document('done', { lines: answered.events.map(sayEvent), next: null, incident: heard.incident });
  return { ok: true, quiet: true, document };
}

function help(ports: HearPorts, topic: string | null): Reply {
  const command = topic === null ? null : ports.commands.find(topic);
  if (command === null) return { ok: true, quiet: true, document: ports.messages.document('help', { groups: groups(ports.commands) }) };
  const args = Object.entries(command.args).map(([name, { label, required, keyword }]) => ({ name, label, required, keyword }));
  const { name, summary, example, aliases } = command;
  return {
    ok: true,
    quiet: true,
    document: ports.messages.document('help-command', { name, summary, example, aliases: aliases ?? [], args }),
  };
}

function groups(commands: CommandSet): readonly { readonly group: string; readonly commands: readonly Command[] }[] {
  const names = [...new Set(commands.all.map(({ group }) => group))];
  return names.map((group) => ({ group, commands: commands.all.filter((command) => command.group === group) }));
}

/** What is wrong or missing, with the form to put it right. */
function complaint(
  ports: HearPorts,
  command: Command,
  values: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, string>>,
  problem: string | null = null,
): Reply {
  const form = formOf(command, values, ports.catalog());
  const { name, example } = command;
  const document = ports.messages.document('incomplete', { name, example, problem, complaints: Object.values(fields) });
  return { ok: false, quiet: true, document, form, fields };
}

function refusal(ports: HearPorts, { refused: code, values }: Refusal): Reply {
  return refused(ports, refusalSentence(code, values));
}

function refused(ports: HearPorts, sentence: string): Reply {
  return { ok: false, quiet: true, document: ports.messages.document('refused', { sentence }) };
}
