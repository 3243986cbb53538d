import { slackManifest } from '../chat/slack/manifest.ts';
import { builtIn } from '../compose.ts';
import { loadConfiguration } from '../config/load.ts';
import { sayProblem } from '../config/problem.ts';
import { settingsOrComplain } from './settings.ts';

/** `allclear slack manifest`: the app to paste at api.slack.com/apps, as Socket Mode unless a signing secret is set instead. */
export async function run(words: readonly string[]): Promise<number> {
  if (words.length !== 1 || words[0] !== 'manifest') {
    console.error('Say: allclear slack manifest');
    return 2;
  }
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const loaded = await loadConfiguration({ file: settings.configFile, builtIn: builtIn(settings) });
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(sayProblem(problem));
    return 1;
  }
  const overHttp = settings.slack !== null && settings.slack.appToken === null;
  console.log(JSON.stringify(slackManifest(loaded.catalog.organization, overHttp ? settings.publicUrl : null), null, 2));
  return 0;
}
