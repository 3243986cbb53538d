const MARK = /<([^<>]*)>/g;
const USER = /@([UW][A-Z0-9]+)/g;

/**
 * Text as Slack sends it, back to what the person wrote (docs.slack.dev/messaging/formatting-message-text, "Parsing"): `& < >`
 * come escaped, mentions and links as marks. `nameOf` says what stands behind an `@` for a user.
 */
export async function wordsOf(text: string, nameOf: (user: string) => Promise<string>): Promise<string> {
  const users = new Set([...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g)].map(([, user = '']) => user));
  const names = new Map<string, string>();
  for (const user of users) names.set(user, await nameOf(user));
  const plain = text.replace(MARK, (_, mark: string) => meant(mark));
  return unescaped(plain.replace(USER, (whole, user: string) => (names.has(user) ? `@${names.get(user)}` : whole)));
}

function meant(mark: string): string {
  const [target = '', label] = mark.split('|', 2);
  if (target.startsWith('@')) return target;
  if (target.startsWith('#')) return `#${label ?? target.slice(1)}`;
  if (target.startsWith('!')) return `@${(label ?? target.slice(1)).replace(/^@/, '')}`;
  return target.replace(/^mailto:/, '');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
