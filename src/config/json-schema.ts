import { z } from 'zod';
import { AllclearFile } from './schema.ts';

/** A list of short plain values, spread over lines. */
const LIST_OF_WORDS = /\[\n(?:\s+[^\s[\]{}][^\n[\]{}]{0,30}\n){1,8}\s+\]/g;

/**
 * The schema of `allclear.yaml` for editors (draft 7, which yaml-language-server understands best), as the text of
 * `allclear.schema.json`. What crosses from one section to another it cannot say; `allclear check` does.
 */
export function jsonSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(AllclearFile, { io: 'input', target: 'draft-07' });
  const titled = {
    $schema,
    title: 'allclear.yaml',
    description: 'Configuration of Allclear: people, services, who is on call, emergency switches and alert routes.',
    ...schema,
  };
  return `${JSON.stringify(titled, null, 2).replace(LIST_OF_WORDS, onOneLine)}\n`;
}

/** As the formatter of this repository writes lists, so that it has nothing to change. */
function onOneLine(list: string): string {
  return `[${list
    .slice(1, -1)
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim()}]`;
}
