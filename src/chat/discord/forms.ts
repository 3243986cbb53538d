import type { Form } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { HOUR_MS } from '../../kit/duration.ts';
import type { Notes } from '../notes.ts';
import { fieldsShown } from './modal.ts';

type Texts = Readonly<Record<string, string>>;

/** A form somebody was shown: what Discord gives back of it is a hundred characters, so all else is written down. */
export interface KeptForm {
  readonly user: string;
  readonly form: Form;
  readonly complaints: Texts;
  readonly at: number;
}
export interface FormPorts {
  readonly notes: Notes;
  readonly clock: Clock;
}

/** How long a form may stay open before it is sent. */
const FORM_MS_MAX = 24 * HOUR_MS;
const NOTE = 'form/';
const SHOW_PREFIX = 'show-';
const SENT_PREFIX = 'form-';

/** What a button carries that opens a form, and what the form itself carries. */
export const showId = (id: string): string => SHOW_PREFIX + id;
export const sentId = (id: string): string => SENT_PREFIX + id;
export const isShowId = (customId: string): boolean => customId.startsWith(SHOW_PREFIX);

export async function keepForm({ notes, clock }: FormPorts, id: string, user: string, form: Form, complaints: Texts): Promise<void> {
  await notes.put(NOTE + id, JSON.stringify({ user, form, complaints, at: clock.now() } satisfies KeptForm));
}

/** The form behind an id, or null when it is not ours, too old, or was shown to somebody else. */
export async function openForm({ notes, clock }: FormPorts, customId: string, user: string): Promise<KeptForm | null> {
  const id = /^(?:show|form)-(\d{1,32})$/.exec(customId)?.[1];
  const known = id === undefined ? null : await notes.get(NOTE + id);
  if (known === null) return null;
  const kept = JSON.parse(known) as KeptForm;
  return kept.user === user && clock.now() - kept.at < FORM_MS_MAX ? kept : null;
}

/** What a form holds after it was sent: what was filled in, and what the modal had no room to show. */
export function valuesOf({ form, complaints }: KeptForm, filled: Texts): Texts {
  const shown = new Set(fieldsShown(form, complaints).map(({ name }) => name));
  const hidden = form.fields.filter(({ name, value }) => !shown.has(name) && value !== '');
  return { ...Object.fromEntries(hidden.map(({ name, value }) => [name, value])), ...filled };
}

/** The form again, with what was written in it, whether it could be read or not. */
export function filledIn(form: Form, values: Texts): Form {
  return { ...form, fields: form.fields.map((field) => ({ ...field, value: values[field.name] ?? field.value })) };
}

/** Forgets forms nobody will send any more. */
export async function forgetOldForms({ notes, clock }: FormPorts): Promise<void> {
  for (const { key, value } of await notes.list(NOTE))
    if (clock.now() - (JSON.parse(value) as KeptForm).at >= FORM_MS_MAX) await notes.remove(key);
}
