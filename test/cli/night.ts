import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { allclear, startAllclear } from './program.ts';

/** Lets a bot live through a few commands on a data directory and stop again; answers nothing, the ledger tells. */
export async function liveThroughANight(dataDirectory: string): Promise<void> {
  const bot = await startAllclear(dataDirectory);
  for (const [as, words] of NIGHT) {
    const said = await allclear(['say', '--as', as, words], { ALLCLEAR_DATA: dataDirectory });
    if (said.code !== 0) throw new Error(`${words}: ${said.stdout}${said.stderr}`);
  }
  await bot.stop();
}

const NIGHT = [
  ['gus', 'sev1 on checkout Nobody can pay'],
  ['bo', 'ack'],
  ['bo', 'note the provider answers 503'],
  ['ana', 'role ic'],
] as const;

/** The same ledger elsewhere, without the marks of a bot that lives. */
export async function copyOf(dataDirectory: string, to: string): Promise<string> {
  await cp(dataDirectory, to, { recursive: true });
  return to;
}

/** What somebody with the file and SQLite can do, once the triggers are out of the way. */
export function tamper(dataDirectory: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(join(dataDirectory, 'ledger.db'));
  const triggers = database.prepare("select name from sqlite_master where type = 'trigger'").all() as { name: string }[];
  for (const { name } of triggers) database.exec(`drop trigger ${name}`);
  for (const statement of statements) database.exec(statement);
  database.close();
}
