import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { type RunningBot, startBot } from '../../src/main.ts';

export interface CompanyBotOptions {
  /** Everything it writes goes there. */
  readonly directory: string;
  /** What this test says otherwise than the company's `allclear.yaml`. */
  readonly configuration: (file: string) => string;
  readonly variables: Readonly<Record<string, string>>;
  /** Gets the lines of the log, from errors on. */
  readonly log: string[];
}

/** The whole bot as `allclear start` runs it, for the company of these tests, on a free port. */
export async function startCompanyBot({ directory, configuration, variables, log }: CompanyBotOptions): Promise<RunningBot> {
  const company = join(import.meta.dirname, 'company');
  writeFileSync(join(directory, 'allclear.yaml'), configuration(readFileSync(join(company, 'allclear.yaml'), 'utf8')));
  cpSync(join(company, 'runbooks'), join(directory, 'runbooks'), { recursive: true });
  const places = {
    ALLCLEAR_CONFIG: join(directory, 'allclear.yaml'),
    ALLCLEAR_DATA: join(directory, 'data'),
    POSTMORTEM_DIR: join(directory, 'postmortems'),
  };
  const read = readSettings({ PORT: '0', LOG_LEVEL: 'error', ...places, ...variables }, () => '');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const machine = { clock: systemClock, randomness: systemRandomness, variables: {}, readFile: () => '', isTerminal: false };
  const started = await startBot(read.settings, { ...machine, write: (line) => void log.push(line) });
  if (!started.ok) throw new Error(started.problems.join('\n'));
  return started.running;
}
