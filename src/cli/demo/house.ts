import { mkdtempSync, readFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOME } from '../../compose.ts';
import { readSettings, type Settings } from '../../config/environment.ts';
import { withWebhooks } from '../../config/with-webhooks.ts';
import type { Clock } from '../../kit/clock.ts';
import { systemRandomness } from '../../kit/randomness.ts';
import { type RunningBot, startBot } from '../../main.ts';
import type { FarEnds } from './far-ends.ts';
import { StoryError } from './story-error.ts';

/** Who has a phone that listens. */
const PHONES_OF = ['ana', 'eli'] as const;

/**
 * A bot with the shipped configuration in a fresh directory. Nothing of this machine's environment gets in, least of all
 * a GitHub token: the postmortem goes into a repository beside the data.
 */
export async function openHouse(
  clock: Clock,
  secret: string,
  farEnds: FarEnds,
): Promise<{ readonly bot: RunningBot; readonly settings: Settings }> {
  const directory = mkdtempSync(join(tmpdir(), 'allclear-demo-'));
  const configFile = join(directory, 'allclear.yaml');
  const phones = Object.fromEntries(PHONES_OF.map((person) => [person, farEnds.phoneUrl(person)]));
  await writeFile(configFile, withWebhooks(await readFile(join(HOME, 'allclear.yaml'), 'utf8'), phones));
  await cp(join(HOME, 'runbooks'), join(directory, 'runbooks'), { recursive: true });
  const variables = {
    PORT: '0',
    ALLCLEAR_CONFIG: configFile,
    ALLCLEAR_DATA: join(directory, 'data'),
    LOG_LEVEL: 'silent',
    SMTP_URL: farEnds.smtpUrl,
    MAIL_FROM: 'Allclear <allclear@example.com>',
    WEBHOOK_SECRET: secret,
    HTTP_ALLOW: farEnds.phoneHost,
  };
  const fileReader = (path: string): string => readFileSync(path, 'utf8');
  const read = readSettings(variables, fileReader);
  if (!read.ok) throw new StoryError(read.problems.map(({ variable, sentence }) => `${variable}: ${sentence}`).join('\n'));
  const machine = { clock, randomness: systemRandomness, variables, readFile: fileReader, write: () => undefined, isTerminal: false };
  const started = await startBot(read.settings, machine);
  if (!started.ok) throw new StoryError(started.problems.join('\n'));
  return { bot: started.running, settings: read.settings };
}
