import { z } from 'zod';
import { complain } from './complain.ts';
import type { Flags } from './flags.ts';
import { runningBot } from './running.ts';
import { settingsOrComplain } from './settings.ts';

const ANSWER_MS_MAX = 15_000;
const Answer = z.looseObject({
  ok: z.boolean().optional(),
  text: z.string().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** `allclear say --as ana ack`: a command line into the bot that runs on this machine; the way in when chat is down. */
export async function run(words: readonly string[], flags: Flags): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const bot = runningBot(settings.dataDirectory);
  if (bot === null) return complain(`No bot runs on ${settings.dataDirectory}. Start it: npm start`);
  if (typeof flags['as'] !== 'string') return complain('Say who you are: allclear say --as ana oncall');
  const incident = flags['incident'] === undefined ? {} : { incident: Number(flags['incident']) };
  try {
    const response = await fetch(`${bot.url}/api/v1/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bot.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ words: words.join(' '), as: flags['as'], ...incident }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const answer = Answer.parse(await response.json());
    console.log((answer.text ?? answer.error?.message ?? `answered ${response.status}`).trimEnd());
    return answer.ok === true ? 0 : 1;
  } catch (fault) {
    return complain(`The bot at ${bot.url} does not answer: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}
