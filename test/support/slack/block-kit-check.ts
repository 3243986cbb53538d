/**
 * A strict reader of what goes to Slack: says everything Slack would refuse, by the published limits. Written from the
 * reference pages (docs.slack.dev/reference/block-kit) on its own, so that it shares no mistake with what it checks.
 */
type Json = Readonly<Record<string, unknown>>;

const TOTAL_CHARS_MAX = 13_200;

export function complaintsAboutMessage(message: Json): readonly string[] {
  const { blocks = [], text = '' } = message as { blocks?: readonly Json[]; text?: string };
  const total = blocks.reduce((sum, block) => sum + textOf(block).length, 0);
  return [
    ...(blocks.length > 50 ? [`${blocks.length} blocks`] : []),
    ...(total > TOTAL_CHARS_MAX ? [`msg_blocks_too_long: ${total}`] : []),
    ...(text.length > 4_000 ? [`text of ${text.length}`] : []),
    ...(/<(?!https?:|mailto:)/.test(text) ? [`marks in text: ${text}`] : []),
    ...blocks.flatMap((block) => aboutBlock(block)),
  ];
}

export function complaintsAboutView(view: Json): readonly string[] {
  const {
    type,
    title,
    submit,
    close,
    blocks,
    private_metadata: metadata = '',
    callback_id: callback = '',
  } = view as Record<string, unknown>;
  const words = (part: unknown, max: number, what: string): readonly string[] => aboutPlain(part, max, what);
  const all = (blocks ?? []) as readonly Json[];
  const ids = all.map((block) => block['block_id']).filter((id) => id !== undefined);
  return [
    ...(type === 'modal' ? [] : [`type ${String(type)}`]),
    ...words(title, 24, 'title'),
    ...(submit === undefined ? [] : words(submit, 24, 'submit')),
    ...(close === undefined ? [] : words(close, 24, 'close')),
    ...(String(metadata).length > 3_000 ? ['private_metadata is too long'] : []),
    ...(String(callback).length > 255 ? ['callback_id is too long'] : []),
    ...(all.length > 100 ? [`${all.length} blocks`] : []),
    ...(new Set(ids).size === ids.length ? [] : ['two blocks share an id']),
    ...all.flatMap((block) => aboutBlock(block)),
  ];
}

/** https://docs.slack.dev/reference/views/home-tab-views */
export function complaintsAboutHome({ type, blocks = [] }: Json): readonly string[] {
  const all = blocks as readonly Json[];
  return [
    ...(type === 'home' ? [] : [`type ${String(type)}`]),
    ...(all.length > 100 ? [`${all.length} blocks`] : []),
    ...all.flatMap((block) => aboutBlock(block)),
  ];
}

/** Everything a person can read of a block. */
export function textOf(part: unknown): string {
  if (Array.isArray(part)) return part.map(textOf).join('');
  if (typeof part !== 'object' || part === null) return '';
  const { type, text, elements, fallback, url } = part as Record<string, unknown>;
  if (type === 'date') return String(fallback);
  if (type === 'link') return `${String(text ?? '')}${String(url)}`;
  if (typeof text === 'string') return text;
  return textOf(text) + textOf(elements);
}

function aboutBlock(block: Json): readonly string[] {
  const { type, block_id: id = '' } = block;
  const idComplaints = String(id).length > 255 ? ['block_id is too long'] : [];
  return [...idComplaints, ...(ABOUT[String(type)]?.(block) ?? [`unknown block ${String(type)}`])];
}

const ABOUT: Readonly<Record<string, (block: Json) => readonly string[]>> = {
  divider: () => [],
  context: ({ elements }) => (elements as readonly Json[]).flatMap((part) => aboutPlain(part, 2_000, 'context')),
  header: ({ text }) => aboutPlain(text, 150, 'header'),
  actions: ({ elements }) => aboutActions(elements as readonly Json[]),
  rich_text: ({ elements }) => (elements as readonly Json[]).flatMap(aboutRichPart),
  input: aboutInput,
};

function aboutPlain(part: unknown, max: number, what: string): readonly string[] {
  const { type, text } = (part ?? {}) as { type?: string; text?: string };
  const length = text?.length ?? 0;
  if (type !== 'plain_text') return [`${what} is ${type}`];
  return length >= 1 && length <= max ? [] : [`${what} has ${length} characters`];
}

function aboutActions(elements: readonly Json[]): readonly string[] {
  const ids = elements.map((element) => element['action_id']);
  return [
    ...(elements.length >= 1 && elements.length <= 25 ? [] : [`${elements.length} elements`]),
    ...(new Set(ids).size === ids.length ? [] : ['two elements share an action_id']),
    ...elements.flatMap(({ type, text, value, action_id: id, style }) => [
      ...(type === 'button' ? [] : [`${String(type)} among the buttons`]),
      ...aboutPlain(text, 75, 'button'),
      ...(String(value).length <= 2_000 ? [] : ['a value is too long']),
      ...(String(id).length <= 255 ? [] : ['an action_id is too long']),
      ...(style === undefined || style === 'primary' || style === 'danger' ? [] : [`style ${String(style)}`]),
    ]),
  ];
}

const RICH_PARTS = new Set(['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted']);

function aboutRichPart(part: Json): readonly string[] {
  const { type, elements, style, offset } = part as { type: string; elements: readonly Json[]; style?: string; offset?: number };
  if (!RICH_PARTS.has(type)) return [`unknown rich text ${type}`];
  const empty = elements.length === 0 ? [`an empty ${type}`] : [];
  if (type !== 'rich_text_list') return [...empty, ...elements.flatMap((element) => aboutElement(element, type))];
  return [
    ...empty,
    ...(style === 'bullet' || style === 'ordered' ? [] : [`list style ${style}`]),
    ...(offset === undefined || (Number.isInteger(offset) && offset >= 0) ? [] : [`offset ${offset}`]),
    ...elements.flatMap((item) => (item['type'] === 'rich_text_section' ? aboutRichPart(item) : ['a list holds sections only'])),
  ];
}

function aboutElement(element: Json, within: string): readonly string[] {
  const { type, style } = element;
  const marks = style === undefined ? [] : Object.keys(style as Json).length === 0 ? ['an empty style'] : [];
  if (within === 'rich_text_preformatted' && type !== 'text' && type !== 'link') return [`${String(type)} in preformatted text`];
  switch (type) {
    case 'text':
      return [...marks, ...(String(element['text']).length >= 1 ? [] : ['an empty text'])];
    case 'link':
      return [...marks, ...(/^https?:\/\//.test(String(element['url'])) ? [] : ['a link without address'])];
    case 'user':
      return /^[UW][A-Z0-9]+$/.test(String(element['user_id'])) ? marks : [`user ${String(element['user_id'])}`];
    case 'date':
      return Number.isInteger(element['timestamp']) && /\{\w+\}/.test(String(element['format'])) ? marks : ['a date without time or form'];
    default:
      return [`unknown element ${String(type)}`];
  }
}

const FIELD_ELEMENTS = new Set(['plain_text_input', 'static_select', 'users_select']);

function aboutInput({ label, hint, element }: Json): readonly string[] {
  const { type, options, initial_option: initial, max_length: max = 3_000, initial_value: value = '' } = element as Record<string, unknown>;
  const choices = (options ?? []) as readonly Json[];
  const known = choices.map((choice) => choice['value']);
  return [
    ...aboutPlain(label, 2_000, 'label'),
    ...(hint === undefined ? [] : aboutPlain(hint, 2_000, 'hint')),
    ...(FIELD_ELEMENTS.has(String(type)) ? [] : [`unknown field ${String(type)}`]),
    ...(type === 'static_select' && (choices.length < 1 || choices.length > 100) ? [`${choices.length} options`] : []),
    ...choices.flatMap((choice) => [
      ...aboutPlain(choice['text'], 75, 'option'),
      ...(String(choice['value']).length > 150 ? ['an option value is too long'] : []),
    ]),
    ...(initial === undefined || known.includes((initial as Json)['value']) ? [] : ['the first choice is none of the options']),
    ...(Number(max) >= 1 && Number(max) <= 3_000 ? [] : [`max_length ${String(max)}`]),
    ...(String(value).length <= Number(max) ? [] : ['the first value is longer than max_length']),
  ];
}
