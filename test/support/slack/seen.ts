/** How a person reads what stands in Slack. */
type Json = Readonly<Record<string, unknown>>;

/** A message's text as it is shown, a block a line. */
export function readMessage({ blocks, text = '' }: { readonly blocks?: readonly Json[]; readonly text?: string }): string {
  if (blocks === undefined || blocks.length === 0) return unescaped(text);
  return blocks.map(readPart).join('\n');
}

function readPart(part: unknown): string {
  const { type, text, elements, fallback, url, user_id: user, label } = part as Record<string, unknown>;
  if (type === 'date') return String(fallback);
  if (type === 'user') return `@${String(user)}`;
  if (type === 'link') return String(text ?? url);
  if (type === 'input') return readPart(label);
  if (typeof text === 'string') return text;
  if (text !== undefined) return readPart(text);
  const between = type === 'rich_text_list' ? '\n' : '';
  return ((elements ?? []) as readonly unknown[]).map(readPart).join(between);
}

/** Whom a message notifies, wherever Slack looks for it. */
export function mentionsIn({ blocks, text = '' }: { readonly blocks?: readonly Json[]; readonly text?: string }): readonly string[] {
  const marks = [...text.matchAll(/<([@!#][^<>]*)>/g)].map(([, mark = '']) => mark);
  return [...marks, ...(blocks ?? []).flatMap(mentionsInPart)];
}

function mentionsInPart(part: unknown): readonly string[] {
  const { type, elements, text, user_id: user } = part as Record<string, unknown>;
  if (type === 'user' || type === 'usergroup' || type === 'broadcast') return [String(user ?? type)];
  if (type === 'mrkdwn') return [...String(text).matchAll(/<([@!#][^<>]*)>/g)].map(([, mark = '']) => mark);
  return ((elements ?? []) as readonly unknown[]).flatMap(mentionsInPart);
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
