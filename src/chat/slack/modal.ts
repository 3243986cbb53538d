import type { types } from '@slack/bolt';
import type { Form, FormField } from '../../engine/ports.ts';
import { readableText } from '../../kit/escape.ts';
import { shorten } from '../../kit/shorten.ts';
import type { SlackBlock } from './block-kit.ts';
import {
  FIELD_CHARS_MAX,
  FIELD_LABEL_CHARS_MAX,
  MODAL_BLOCKS_MAX,
  MODAL_TITLE_CHARS_MAX,
  OPTION_LABEL_CHARS_MAX,
  OPTION_VALUE_CHARS_MAX,
  OPTIONS_MAX,
} from './limits.ts';
import type { People } from './rich-text.ts';

/** Names the kind of modal in what Slack sends back. */
export const FORM_CALLBACK = 'form';
const BLOCK_PREFIX = 'field-';
const ACTION = 'value';

type Plain = types.PlainTextElement;

/** A form as a modal: one input a field, `above` on top, `metadata` comes back untouched. */
export function modal(form: Form, above: readonly SlackBlock[], metadata: string, people: People): types.ModalView {
  const fields = form.fields.map((field) => inputOf(field, people));
  const title = readableText(form.title);
  const whole: SlackBlock[] =
    title.length > MODAL_TITLE_CHARS_MAX ? [{ type: 'context', elements: [plain(title, OPTION_LABEL_CHARS_MAX)] }] : [];
  return {
    type: 'modal',
    callback_id: FORM_CALLBACK,
    private_metadata: metadata,
    title: plain(title, MODAL_TITLE_CHARS_MAX),
    submit: plain('Send', MODAL_TITLE_CHARS_MAX),
    close: plain('Cancel', MODAL_TITLE_CHARS_MAX),
    blocks: [...whole, ...above.slice(0, MODAL_BLOCKS_MAX - fields.length - whole.length), ...fields],
  };
}

/** Complaints at their fields, as Slack wants them named. */
export function errorsOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, sentence]) => [BLOCK_PREFIX + name, readableText(sentence)]));
}

function plain(words: string, charsMax: number): Plain {
  return { type: 'plain_text', text: shorten(readableText(words), charsMax) || '-', emoji: false };
}

function inputOf(field: FormField, people: People): types.InputBlock {
  return {
    type: 'input',
    block_id: BLOCK_PREFIX + field.name,
    optional: !field.required,
    label: plain(field.label, FIELD_LABEL_CHARS_MAX),
    ...(field.help === '' ? {} : { hint: plain(field.help, FIELD_LABEL_CHARS_MAX) }),
    element: elementOf(field, people),
  };
}

function elementOf(field: FormField, people: People): types.InputBlock['element'] {
  switch (field.widget) {
    case 'person': {
      const user = people.slackId(field.value.replace(/^@/, ''));
      return { type: 'users_select', action_id: ACTION, ...(user === null ? {} : { initial_user: user }) };
    }
    case 'yes-no':
      return select(field, [
        { value: 'yes', label: 'Yes' },
        { value: 'no', label: 'No' },
      ]);
    case 'choice': {
      const usable = field.choices.filter(({ value }) => value.length <= OPTION_VALUE_CHARS_MAX);
      return usable.length === 0 || usable.length > OPTIONS_MAX ? textInput(field) : select(field, usable);
    }
    default:
      return textInput(field);
  }
}

function select(field: FormField, choices: FormField['choices']): types.StaticSelect {
  const options = choices.map(({ value, label }) => ({ text: plain(label, OPTION_LABEL_CHARS_MAX), value }));
  const initial = options.find(({ value }) => value === field.value || (field.widget === 'yes-no' && value === WORDS[field.value]));
  return { type: 'static_select', action_id: ACTION, options, ...(initial === undefined ? {} : { initial_option: initial }) };
}
const WORDS: Readonly<Record<string, string>> = { true: 'yes', false: 'no' };

function textInput(field: FormField): types.PlainTextInput {
  const max = Math.min(field.charsMax, FIELD_CHARS_MAX);
  const value = shorten(field.value.toWellFormed(), max);
  return {
    type: 'plain_text_input',
    action_id: ACTION,
    multiline: field.widget === 'paragraph',
    max_length: max,
    ...(value === '' ? {} : { initial_value: value }),
  };
}

/** What one field of a submitted modal holds. */
export interface FieldState {
  readonly value?: string | null | undefined;
  readonly selected_option?: { readonly value: string } | null | undefined;
  readonly selected_user?: string | null | undefined;
}
type ViewValues = Readonly<Record<string, Readonly<Record<string, FieldState>>>>;

/** A submitted modal as the fields of the form; `users` are the fields in which a user of Slack was chosen. */
export function valuesOf(values: ViewValues): { readonly values: Record<string, string>; readonly users: Record<string, string> } {
  const found: Record<string, string> = {};
  const users: Record<string, string> = {};
  for (const [block, actions] of Object.entries(values)) {
    const state = actions[ACTION];
    if (!block.startsWith(BLOCK_PREFIX) || state === undefined) continue;
    const name = block.slice(BLOCK_PREFIX.length);
    const text = state.value ?? state.selected_option?.value ?? '';
    if (typeof state.selected_user === 'string') users[name] = state.selected_user;
    else if (text !== '') found[name] = text;
  }
  return { values: found, users };
}
