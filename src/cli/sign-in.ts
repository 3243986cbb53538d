import { join } from 'node:path';
import { builtIn } from '../compose.ts';
import { loadConfiguration } from '../config/load.ts';
import { systemClock } from '../kit/clock.ts';
import { didYouMean } from '../kit/nearest-name.ts';
import { systemRandomness, token } from '../kit/randomness.ts';
import { keptSecret } from '../store/secret-files.ts';
import { signInUrl } from '../web/console/session.ts';
import { complain } from './complain.ts';
import { runningBot } from './running.ts';
import { settingsOrComplain } from './settings.ts';

/** `allclear sign-in ana`: a link that opens the console as that person, once. Whoever may read the data directory may make one. */
export async function run([person = '']: readonly string[]): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const loaded = await loadConfiguration({ file: settings.configFile, builtIn: builtIn(settings) });
  if (!loaded.ok) return complain('allclear.yaml has problems: run allclear check');
  const { people } = loaded.catalog;
  if (people[person] === undefined)
    return complain(`There is no person "${person}" in allclear.yaml.${didYouMean(person, Object.keys(people))}`);
  const bot = runningBot(settings.dataDirectory);
  if (bot === null) return complain(`No bot runs on ${settings.dataDirectory}. Start it: npm start`);
  const secret = settings.secret ?? keptSecret(join(settings.dataDirectory, 'secret.key'), () => token(systemRandomness));
  const baseUrl = (): string => settings.publicUrl ?? bot.url;
  console.log(signInUrl({ secret, clock: systemClock, randomness: systemRandomness, baseUrl }, person));
  return 0;
}
