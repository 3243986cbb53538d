import { ComponentType } from 'discord-api-types/v10';

/**
 * A strict reader of what goes to Discord: says everything it would refuse, by the published limits, and what it would do that nobody
 * wants. Written from the reference pages on its own, so that it shares no mistake with what it checks.
 */
type Json = Readonly<Record<string, unknown>>;

export function complaintsAboutMessage(body: Json): readonly string[] {
  const {
    content = '',
    components = [],
    nonce,
    allowed_mentions: allowed,
  } = body as { content?: string; components?: readonly Json[] } & Json;
  const ids = components.flatMap((row) => (row['components'] as readonly Json[]).map((one) => one['custom_id']));
  return [
    ...(content.length > 2_000 ? [`content of ${content.length}`] : []),
    ...(content.trim() === '' && components.length === 0 ? ['an empty message'] : []),
    ...(components.length > 5 ? [`${components.length} rows`] : []),
    ...(new Set(ids).size === ids.length ? [] : ['two components share a custom_id']),
    ...(nonce === undefined || (typeof nonce === 'string' && nonce.length <= 25) ? [] : ['a nonce is too long']),
    ...(allowed === undefined ? ['no allowed_mentions'] : aboutMentions(allowed as Json)),
    ...components.flatMap(aboutRow),
  ];
}

function aboutMentions({ parse, users = [] }: Json): readonly string[] {
  const named = users as readonly string[];
  return [
    ...(Array.isArray(parse) && parse.length === 0 ? [] : [`parse ${JSON.stringify(parse)}`]),
    ...(named.length > 100 || new Set(named).size < named.length ? ['too many users, or one twice'] : []),
  ];
}

function aboutRow({ type, components }: Json): readonly string[] {
  const buttons = (components ?? []) as readonly Json[];
  return [
    ...(type === ComponentType.ActionRow ? [] : [`a row of type ${String(type)}`]),
    ...(buttons.length >= 1 && buttons.length <= 5 ? [] : [`${buttons.length} buttons in a row`]),
    ...buttons.flatMap(({ type: kind, style, label, custom_id: id }) => [
      ...(kind === ComponentType.Button && [1, 2, 3, 4].includes(Number(style))
        ? []
        : [`component ${String(kind)} of style ${String(style)}`]),
      ...within(label, 80, 'label of a button'),
      ...within(id, 100, 'custom_id'),
    ]),
  ];
}

function within(words: unknown, max: number, what: string): readonly string[] {
  return typeof words === 'string' && words.length >= 1 && words.length <= max ? [] : [`${what}: ${JSON.stringify(words)}`];
}

export function complaintsAboutModal({ title, custom_id: id, components }: Json): readonly string[] {
  const labels = (components ?? []) as readonly Json[];
  const ids = labels.map((label) => (label['component'] as Json)['custom_id']);
  return [
    ...within(title, 45, 'title'),
    ...within(id, 100, 'custom_id of a form'),
    ...(labels.length >= 1 && labels.length <= 5 ? [] : [`${labels.length} fields`]),
    ...(new Set(ids).size === ids.length ? [] : ['two fields share a custom_id']),
    ...labels.flatMap(aboutLabel),
  ];
}

function aboutLabel({ type, label, description, component }: Json): readonly string[] {
  const field = component as Json;
  return [
    ...(type === ComponentType.Label ? [] : [`field of type ${String(type)}`]),
    ...within(label, 45, 'label of a field'),
    ...(description === undefined ? [] : within(description, 100, 'description')),
    ...within(field['custom_id'], 100, 'custom_id of a field'),
    ...(ABOUT_FIELD[Number(field['type'])]?.(field) ?? [`unknown field ${String(field['type'])}`]),
  ];
}

const ABOUT_FIELD: Readonly<Record<number, (field: Json) => readonly string[]>> = {
  [ComponentType.StringSelect]: ({ options }) => {
    const all = (options ?? []) as readonly Json[];
    return [
      ...(all.length >= 1 && all.length <= 25 ? [] : [`${all.length} options`]),
      ...(new Set(all.map(({ value }) => value)).size === all.length ? [] : ['two options share a value']),
      ...all.flatMap(({ label, value }) => [...within(label, 100, 'option'), ...within(value, 100, 'value of an option')]),
    ];
  },
  [ComponentType.TextInput]: ({ style, value = '', max_length: max = 4_000 }) => [
    ...(style === 1 || style === 2 ? [] : [`style ${String(style)}`]),
    ...(Number(max) >= 1 && Number(max) <= 4_000 ? [] : [`max_length ${String(max)}`]),
    ...(String(value).length <= Number(max) ? [] : ['a value is longer than max_length']),
  ],
  [ComponentType.UserSelect]: () => [],
};

const NAME = /^[-_'\p{Ll}\p{N}]{1,32}$/u;

export function complaintsAboutCommands(commands: readonly Json[]): readonly string[] {
  return commands.flatMap((command) => {
    const { name, type, description, options = [] } = command as { options?: readonly Json[] } & Json;
    if (type === 3) return [...within(name, 32, 'name on a message'), ...(description === undefined ? [] : ['a description on a message'])];
    const chars = charsOf(command);
    return [
      ...(NAME.test(String(name)) ? [] : [`name ${String(name)}`]),
      ...within(description, 100, 'description'),
      ...(chars <= 8_000 ? [] : [`${String(name)} has ${chars} characters`]),
      ...aboutOptions(options),
    ];
  });
}

/** interactions/application-commands: names, descriptions and values of a command together. */
function charsOf({ name, description = '', options = [], choices = [] }: Json): number {
  const inner = (options as readonly Json[]).reduce((sum, option) => sum + charsOf(option), 0);
  const values = (choices as readonly Json[]).reduce((sum, { name: label, value }) => sum + String(label).length + String(value).length, 0);
  return String(name).length + String(description).length + inner + values;
}

function aboutOptions(options: readonly Json[]): readonly string[] {
  const names = options.map(({ name }) => name);
  const required = options.map((one) => one['required'] === true);
  return [
    ...(options.length <= 25 ? [] : [`${options.length} options`]),
    ...(new Set(names).size === names.length ? [] : ['two options share a name']),
    ...(required.lastIndexOf(true) > required.indexOf(false) && required.includes(false)
      ? ['a required option after one that is not']
      : []),
    ...options.flatMap(({ name, description, choices = [], autocomplete, options: inner = [], max_length: max = 1 }) => [
      ...(NAME.test(String(name)) ? [] : [`name ${String(name)}`]),
      ...within(description, 100, 'description'),
      ...((choices as []).length <= 25 && !((choices as []).length > 0 && autocomplete === true) ? [] : ['choices']),
      ...(Number(max) >= 1 && Number(max) <= 6_000 ? [] : [`max_length ${String(max)}`]),
      ...(choices as readonly Json[]).flatMap((choice) => within(choice['name'], 100, 'choice')),
      ...aboutOptions(inner as readonly Json[]),
    ]),
  ];
}
