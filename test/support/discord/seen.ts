/** How a person reads what stands on Discord. */
type Json = Readonly<Record<string, unknown>>;

/** The text of a message as the client shows it: marks are gone, what was escaped is there. */
export function readMessage({ content = '', components = [] }: { readonly content?: unknown; readonly components?: unknown }): string {
  const labels = (components as readonly Json[]).flatMap((row) =>
    ((row['components'] ?? []) as readonly Json[]).map(({ label }) => `[${String(label)}]`),
  );
  return [readMarkdown(String(content)), ...(labels.length === 0 ? [] : [labels.join(' ')])].join('\n');
}

/** Escapes first, as Discord's reader does: a mark after a backslash is a letter. */
const TOKEN =
  /\\([^0-9A-Za-z\s])|```\n?([\s\S]*?)\n?```|``\s?([\s\S]*?)\s?``|`([^`]*)`|\[((?:\\.|[^\]\\])*)\]\(<([^>]*)>\)|<(https?:[^>]*)>|(\*\*|__|~~|\|\|)/g;

function readMarkdown(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^(?:#{1,3} |> )/, ''));
  return lines.join('\n').replace(TOKEN, (_, escaped, block, double, single, words, _url, url, mark) => {
    if (mark !== undefined) return '';
    if (words !== undefined) return readMarkdown(words as string);
    return (escaped ?? block ?? double ?? single ?? url ?? '') as string;
  });
}

export function buttonsOf({
  components = [],
}: {
  readonly components?: unknown;
}): readonly { readonly label: string; readonly id: string }[] {
  return (components as readonly Json[]).flatMap((row) =>
    (row['components'] as readonly Json[]).map(({ label, custom_id: id }) => ({ label: String(label), id: String(id) })),
  );
}

/** Fields of a modal by name, with the line of help below each. */
export function fieldsOf(modal: Json): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (modal['components'] as readonly Json[]).map(({ component, description = '' }) => [
      String((component as Json)['custom_id']),
      String(description),
    ]),
  );
}
