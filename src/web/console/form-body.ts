import type { FastifyInstance } from 'fastify';

/** A message or a form; pasted logs included. */
export const FORM_BYTES_MAX = 64 * 1024;
/** No form of ours has nearly as many fields. */
const FIELDS_MAX = 100;

/** Names of a form's fields and their texts. */
export type FormBody = Readonly<Record<string, string>>;

/** Reads `application/x-www-form-urlencoded` for the routes of this plugin, and nothing else: other types get 415. */
export function acceptForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    async (_request: unknown, text: string) => readForm(text),
  );
}

/** Of fields with the same name the first counts, as `URLSearchParams.get` has it. */
export function readForm(text: string): FormBody {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of [...new URLSearchParams(text)].slice(0, FIELDS_MAX)) fields[name] ??= value.replaceAll('\r\n', '\n');
  return fields;
}
