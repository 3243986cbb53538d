const MARK = /<(?:@!?(\d+)|#(\d+)|a?:(\w+):\d+|(https?:\/\/[^\s<>]+))>/g;

/**
 * Text as Discord sends it, back to what the person saw (reference#message-formatting): people and own emoji come as marks. `nameOf` says
 * what stands behind an `@` for a user.
 */
export async function wordsOf(text: string, nameOf: (user: string) => Promise<string>): Promise<string> {
  const names = new Map<string, string>();
  for (const [, user] of text.matchAll(MARK)) if (user !== undefined) names.set(user, await nameOf(user));
  return text.replace(MARK, (whole, user?: string, channel?: string, emoji?: string, url?: string) => {
    if (user !== undefined) return `@${names.get(user) ?? user}`;
    if (emoji !== undefined) return `:${emoji}:`;
    return url ?? (channel === undefined ? whole : `#${channel}`);
  });
}
