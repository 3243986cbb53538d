import type { Command } from '../../command.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { isRefusal } from '../../domain/kernel.ts';
import { NAME_CHARS_MAX } from '../../domain/limits.ts';
import { redact } from '../../kit/redaction.ts';
import { shorten } from '../../kit/shorten.ts';
import type { Answer, Hear, Heard, Reply } from '../ports.ts';
import { gather } from './asking.ts';
import { headingOf } from './commands.ts';
import { declaredRooms } from './declared-rooms.ts';
import type { HearPorts, Known } from './hear-ports.ts';
import { home } from './home.ts';
import { hearEdited, hearPin } from './pins.ts';
import { recognise } from './recognise.ts';
import { complaint, help, refusal, told, whereTo } from './reply.ts';
import { type ReadWords, readWords } from './words.ts';

/**
 * Words become one act or one answer. The same for every chat world: the grammar, help, forms for what is missing, the
 * nearest command to a misspelt one, and the sentence of every refusal. A repeat of a key gets the first answer, whatever
 * the same words would mean by now.
 */
export function createHear(ports: HearPorts): Hear {
  return async (delivered) => {
    // Promises are kept under keys of their own (`12-0`): whatever a surface calls a delivery, it must not be one of those.
    const heard = { ...delivered, key: `${delivered.platform} ${delivered.key}` };
    const { person, said } = heard;
    // Whoever edits what is pinned, known or not, changes what the pin says.
    if (said.kind === 'edited') return hearEdited(ports, heard, said);
    if (person === null) return hearStranger(ports, heard);
    const known = { ...heard, person };
    switch (said.kind) {
      case 'words':
        return hearWords(ports, known, said.words);
      case 'form':
        return hearForm(ports, known, said.command, said.values);
      case 'pin':
        return hearPin(ports, known, said);
      case 'home':
        return home(ports, known);
    }
  };
}

/** Nobody we know: nothing happens, except that it is on record. */
async function hearStranger(ports: HearPorts, heard: Heard): Promise<Reply> {
  const sentence = refusal(ports, { refused: 'unknown_person_asking', values: { user: heard.userName } });
  // Looking in asks for nothing.
  if (heard.said.kind === 'home') return sentence;
  const asker = shorten(redact(`unknown:${heard.platform}:${heard.userName}`.toWellFormed()), NAME_CHARS_MAX);
  const stream = heard.incident === null ? 'none' : `incident/${heard.incident}`;
  const denial = { type: 'access.deny', asker, act: subjectOf(ports, heard), needs: 'to be known', stream };
  await ports.submit({ act: denial, actor: 'allclear', key: heard.key });
  return sentence;
}

function subjectOf({ commands }: HearPorts, { said }: Heard): string {
  if (said.kind === 'pin') return said.pinned ? 'a pin' : 'an unpin';
  if (said.kind === 'form') return `the form ${commands.find(said.command)?.name ?? 'of no command'}`;
  if (said.kind !== 'words') return said.kind;
  const heading = headingOf(said.words, commands);
  return heading.kind === 'command' ? `the command ${heading.command.name}` : 'words';
}

async function hearWords(ports: HearPorts, heard: Known, words: string): Promise<Reply> {
  const heading = headingOf(words, ports.commands);
  if (heading.kind === 'help') return help(ports, heading.topic);
  if (heading.kind === 'command') return runWords(ports, heard, heading.command, heading.rest);
  // A sentence that starts with no command declares; a lone misspelt word asks what was meant.
  const { word, line } = heading;
  const sentence = line.includes(' ');
  const nearest = sentence && !isSlip(word, heading.nearest) ? null : heading.nearest;
  const declare = ports.commands.find('declare');
  if (declare !== null && sentence && (nearest === null || isSeverity(word, ports.catalog()))) return runWords(ports, heard, declare, line);
  const document = ports.messages.document('unknown-command', { word, nearest, line, sentence });
  return { ok: false, quiet: true, document };
}

/** At the beginning of a sentence "login" is a word and no misspelt `log`: a slip of the finger is one letter long. */
function isSlip(word: string, nearest: string | null): boolean {
  return nearest !== null && Math.abs(word.length - nearest.length) <= 1;
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
  if (Object.keys(fields).length > 0) return complaint(ports, command, values, fields, null);
  return run(ports, heard, command, { values, missing, problem: null }, true);
}

async function run(ports: HearPorts, heard: Known, command: Command, read: ReadWords, fromForm: boolean): Promise<Reply> {
  const toldOf = async (answered: Answer, values: object, incident: number | null): Promise<Reply> =>
    told(ports, command, { ...values }, answered, incident, await declaredRooms(ports, heard, answered));
  const before = await ports.readings.answered(heard.key);
  if (before !== null) return toldOf(before, read.values, heard.incident);
  const gathered = await gather(ports, heard, command, read);
  if ('refused' in gathered) return refusal(ports, gathered);
  const { asking, values, missing } = gathered;
  if (missing.length > 0) {
    const fields = Object.fromEntries(missing.map((field) => [field, `Needed: ${command.args[field]?.label ?? field}.`]));
    return complaint(ports, command, values, fromForm ? fields : {}, read.problem);
  }
  if (read.problem !== null) return complaint(ports, command, values, {}, read.problem);
  const fields = fieldProblems(command, values);
  if (Object.keys(fields).length > 0) return complaint(ports, command, values, fields, null);
  const asked = command.act?.(values as never, asking) ?? null;
  if (asked === null) return answer(ports, command, values, asking);
  if (isRefusal(asked)) return refusal(ports, asked, { command, values });
  const answered = await ports.submit({ act: asked, actor: `person:${heard.person}`, key: heard.key });
  return toldOf(answered, values, asking.view?.incident.number ?? null);
}

function fieldProblems(command: Command, values: Readonly<Record<string, unknown>>): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const [name, arg] of Object.entries(command.args)) {
    const parsed = arg.schema.safeParse(values[name] ?? null);
    const issue = parsed.error?.issues[0];
    if (issue === undefined) continue;
    const tooLong = issue.code === 'too_big' && issue.origin === 'string';
    problems[name] = tooLong ? `At most ${issue.maximum} characters: ${arg.label}.` : `${arg.label}: ${issue.message}.`;
  }
  return problems;
}

type Asked = Parameters<NonNullable<Command['answer']>>[1];

async function answer(ports: HearPorts, command: Command, values: object, asking: Asked): Promise<Reply> {
  if (command.answer === undefined) throw new Error(`${command.name} neither acts nor answers`);
  const call = await command.answer(values as never, asking, ports.readings);
  if (isRefusal(call)) return refusal(ports, call, { command, values: { ...values } });
  return { ok: true, quiet: true, document: ports.messages.document(call.message, call.model), ...whereTo(asking.view?.incident.number) };
}
