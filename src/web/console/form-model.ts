import type { Form, FormField, Reply } from '../../engine/ports.ts';
import { documentHtml } from './draw.ts';
import { nameOf, type Viewer } from './viewer.ts';

/** What a form's fields are called in a post, so that none can be taken for one of ours. */
export const FIELD_PREFIX = 'field.';

/** What goes with every form of a page. */
export interface Tokens {
  readonly csrf: string;
  readonly nonce: string;
  /** Incident of the page; empty on the others. */
  readonly incident: string;
  /** Where to go back to without JavaScript. */
  readonly back: string;
}

/** An answer to the asker for `reply.html.hbs`. */
export function replyModel(reply: Reply, tokens: Tokens, viewer: Viewer): object {
  return {
    ok: reply.ok,
    html: documentHtml(reply.document, viewer),
    tokens,
    form: reply.form === undefined ? null : formModel(reply.form, reply.fields ?? {}, viewer),
  };
}

function formModel(form: Form, complaints: Readonly<Record<string, string>>, viewer: Viewer): object {
  return {
    command: form.command,
    title: form.title,
    fields: inOrder(form.fields).map((field) => fieldModel(form, field, complaints[field.name] ?? '', viewer)),
  };
}

/** What is needed first; the rest may be left open. */
function inOrder(fields: readonly FormField[]): readonly FormField[] {
  return fields.toSorted((one, other) => Number(other.required) - Number(one.required));
}

function fieldModel(form: Form, field: FormField, complaint: string, viewer: Viewer): object {
  const { name, label, help, required, widget, value, charsMax } = field;
  const choices = choicesOf(field, viewer);
  return {
    id: `${form.command}-${name}`,
    name: `${FIELD_PREFIX}${name}`,
    label,
    help,
    required,
    value,
    charsMax,
    complaint,
    // The room already says which incident it is.
    isHidden: name === 'incident' && value !== '' && complaint === '',
    isParagraph: widget === 'paragraph',
    isChoice: choices.length > 0,
    isDuration: widget === 'duration',
    choices: choices.map((choice) => ({ ...choice, isChosen: choice.value === value })),
    noneLabel: required ? 'Choose…' : 'Leave open',
  };
}

function choicesOf({ widget, choices, value }: FormField, viewer: Viewer): FormField['choices'] {
  if (widget === 'yes-no')
    return [
      { value: 'yes', label: 'Yes' },
      { value: 'no', label: 'No' },
    ];
  const isListed = value === '' || choices.length === 0 || choices.some((choice) => choice.value === value);
  if (isListed) return choices;
  // A list that was cut must not lose what was already chosen.
  return [{ value, label: nameOf(viewer, value.replace(/^@/, '')) }, ...choices];
}
