import { SECOND_MS } from '../kit/duration.ts';
import { settingsOrComplain } from './settings.ts';

/** Whoever types it waits for it. */
const ANSWER_MS_MAX = 5 * SECOND_MS;

/** `allclear discord invite`: the address under which a person with the right to do so lets the bot into the server. */
export async function run(words: readonly string[]): Promise<number> {
  if (words.length !== 1 || words[0] !== 'invite') {
    console.error('Say: allclear discord invite');
    return 2;
  }
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  if (settings.discord === null) {
    console.error('Set DISCORD_TOKEN and DISCORD_GUILD_ID first: https://discord.com/developers/applications makes the bot.');
    return 1;
  }
  const { token, apiUrl, guild } = settings.discord;
  const { createDiscordApi } = await import('../chat/discord/api.ts');
  const { inviteUrl, PERMISSIONS } = await import('../chat/discord/permissions.ts');
  const called = await createDiscordApi({ token, apiUrl, timeoutMs: ANSWER_MS_MAX }).call('GET', '/applications/@me');
  if (!called.ok) {
    console.error(called.failure.detail);
    return 1;
  }
  console.log(`${inviteUrl((called.result as { id: string }).id, guild)}\n\nIt asks for:`);
  for (const { name, reason } of PERMISSIONS) console.log(`  ${name.padEnd(26)} ${reason}`);
  return 0;
}
