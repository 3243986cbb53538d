import { InteractionResponseType } from 'discord.js';
import type { ArgOutline } from '../../engine/ports.ts';
import { typedCommand } from './command-words.ts';
import type { InboundPorts } from './hearing.ts';
import { CommandData, type Interaction } from './payloads.ts';
import { completions, HELP } from './slash-commands.ts';

/** Offers what a half-typed option may become. It changes nothing, so nothing of it is written down, and a late answer is nobody's loss. */
export async function offerCompletions(ports: InboundPorts, { id, token, data }: Interaction): Promise<void> {
  const read = CommandData.safeParse(data);
  const typed = read.success ? typedCommand(read.data) : null;
  const option = typed?.options.find(({ focused }) => focused === true);
  if (typed === null || option === undefined) return;
  const choices = completions(await choicesFor(ports, typed.name, option.name), String(option.value ?? ''));
  const isNumber = isIncident(ports, typed.name, option.name);
  const offered = isNumber ? choices.map(({ name, value }) => ({ name, value: Number(value) })) : choices;
  const body = { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices: offered } };
  await ports.api.call('POST', `/interactions/${id}/${token}/callback`, { body, auth: false });
}

function argOf({ outlines }: InboundPorts, command: string, option: string): ArgOutline | undefined {
  return outlines()
    .find(({ name }) => name === command)
    ?.args.find(({ name }) => name === option);
}

function isIncident(ports: InboundPorts, command: string, option: string): boolean {
  return argOf(ports, command, option)?.kind === 'incident';
}

async function choicesFor(ports: InboundPorts, command: string, option: string): Promise<ArgOutline['choices']> {
  if (command === HELP.name) return ports.outlines().map(({ name, summary }) => ({ value: name, label: `${name}: ${summary}` }));
  const arg = argOf(ports, command, option);
  if (arg?.kind !== 'incident') return arg?.choices ?? [];
  return (await ports.openIncidents()).map(({ number, title }) => ({ value: String(number), label: `inc-${number} ${title}` }));
}
