import {
  type APIComponentInLabel,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import type { Form, FormField } from '../../engine/ports.ts';
import { readableText } from '../../kit/escape.ts';
import { shorten } from '../../kit/shorten.ts';
import {
  FIELD_CHARS_MAX,
  FIELD_HELP_CHARS_MAX,
  FIELD_LABEL_CHARS_MAX,
  MODAL_FIELDS_MAX,
  MODAL_TITLE_CHARS_MAX,
  OPTION_CHARS_MAX,
  OPTIONS_MAX,
} from './limits.ts';
import type { People } from './markdown.ts';

type Complaints = Readonly<Record<string, string>>;

/** The fields a modal has room for: those that lack something first, in the order of the form. The others keep what they hold. */
export function fieldsShown(form: Form, complaints: Complaints): readonly FormField[] {
  const rank = ({ name, required, value }: FormField): number =>
    Object.hasOwn(complaints, name) ? 0 : required && value === '' ? 1 : value === '' ? 2 : 3;
  const chosen = new Set([...form.fields].sort((one, other) => rank(one) - rank(other)).slice(0, MODAL_FIELDS_MAX));
  return form.fields.filter((field) => chosen.has(field));
}

/** A form as a modal, a complaint in the place of the help it is about. `id` comes back with it. */
export function modal(form: Form, complaints: Complaints, id: string, people: People): APIModalInteractionResponseCallbackData {
  return {
    custom_id: id,
    title: line(form.title, MODAL_TITLE_CHARS_MAX),
    components: fieldsShown(form, complaints).map((field) => labelOf(field, complaints[field.name] ?? null, people)),
  };
}

function line(words: string, charsMax: number): string {
  return shorten(readableText(words).replaceAll('\n', ' ').trim(), charsMax) || '-';
}

function labelOf(field: FormField, complaint: string | null, people: People): APILabelComponent {
  const help = complaint ?? field.help;
  return {
    type: ComponentType.Label,
    label: line(field.label, FIELD_LABEL_CHARS_MAX),
    ...(help === '' ? {} : { description: line(help, FIELD_HELP_CHARS_MAX) }),
    component: inputOf(field, people),
  };
}

function inputOf(field: FormField, people: People): APIComponentInLabel {
  switch (field.widget) {
    case 'person': {
      const user = people.discordId(field.value.replace(/^@/, ''));
      const chosen = user === null ? {} : { default_values: [{ id: user, type: 'user' as never }] };
      return { type: ComponentType.UserSelect, custom_id: field.name, required: field.required, ...chosen };
    }
    case 'yes-no':
      return select(field, [
        { value: 'yes', label: 'Yes' },
        { value: 'no', label: 'No' },
      ]);
    case 'choice': {
      const usable = field.choices.filter(({ value }) => value.length <= OPTION_CHARS_MAX);
      return usable.length === 0 || usable.length > OPTIONS_MAX ? textInput(field) : select(field, usable);
    }
    default:
      return textInput(field);
  }
}

function select(field: FormField, choices: FormField['choices']): APIComponentInLabel {
  const options = choices.map(({ value, label }) => ({
    label: line(label, OPTION_CHARS_MAX),
    value,
    ...(value === field.value ? { default: true } : {}),
  }));
  return { type: ComponentType.StringSelect, custom_id: field.name, required: field.required, options };
}

function textInput(field: FormField): APIComponentInLabel {
  const max = Math.min(field.charsMax, FIELD_CHARS_MAX);
  const value = shorten(field.value.toWellFormed(), max);
  return {
    type: ComponentType.TextInput,
    custom_id: field.name,
    style: field.widget === 'paragraph' ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: field.required,
    max_length: max,
    ...(value === '' ? {} : { value }),
  };
}
