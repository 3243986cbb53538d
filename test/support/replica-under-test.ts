import { join } from 'node:path';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { type RunningBot, startBot } from '../../src/main.ts';

export interface ReplicaSettings {
  readonly directory: string;
  readonly database: string;
  readonly redis?: string;
  readonly configFile?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Takes its log, a line at a time. */
  readonly write?: (line: string) => void;
}

const COMPANY = join(import.meta.dirname, '..', 'end-to-end', 'company', 'allclear.yaml');

/** The whole bot in this process, as `allclear start` runs it on PostgreSQL. Throws what it says when it does not start. */
export async function startReplicaUnderTest(settings: ReplicaSettings): Promise<RunningBot> {
  const { directory, database, redis, configFile = COMPANY, variables = {}, write = () => undefined } = settings;
  const read = readSettings(
    {
      PORT: '0',
      ALLCLEAR_CONFIG: configFile,
      ALLCLEAR_DATA: directory,
      ALLCLEAR_SECRET: 'replicas-share-it-0123456789abcdef',
      DATABASE_URL: database,
      LOG_LEVEL: 'info',
      ...(redis === undefined ? {} : { REDIS_URL: redis }),
      ...variables,
    },
    () => '',
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const machine = { clock: systemClock, randomness: systemRandomness, variables: {}, readFile: () => '', isTerminal: false };
  const started = await startBot(read.settings, { ...machine, write });
  if (!started.ok) throw new Error(started.problems.join('\n'));
  return started.running;
}

/** Says a line to it as a person would in the console. */
export function sayTo(bot: RunningBot, person: string, words: string, incident: number | null = null, key = `${person} ${words}`) {
  return bot.composed.bot.hear({ platform: 'console', key, person, userName: person, incident, said: { kind: 'words', words } });
}
