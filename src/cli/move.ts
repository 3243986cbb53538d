import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/environment.ts';
import { COMMAND_LINE, EngineError, LEDGER_FILE, openPostgres } from '../engines.ts';
import { lockDataDirectory } from '../store/data-lock.ts';
import { type Moved, moveLedger } from '../store/move.ts';
import { type OpenedStore, openSqliteStore } from '../store/sqlite.ts';
import { complain } from './complain.ts';
import { settingsOrComplain } from './settings.ts';

/** `allclear move postgres|embedded`: copies the whole ledger to the other engine. Needs every bot on either to be stopped. */
export async function run([where]: readonly string[]): Promise<number> {
  if (where !== 'postgres' && where !== 'embedded') return complain('Say where to: "move postgres" or "move embedded".', 2);
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const { databaseUrl, dataDirectory } = settings;
  if (databaseUrl === null) return complain('DATABASE_URL names the PostgreSQL to move to or from. Set it.');
  if (where === 'postgres' && !existsSync(join(dataDirectory, LEDGER_FILE))) return complain(`There is no ledger in ${dataDirectory}.`);
  const lock = lockDataDirectory(dataDirectory);
  if (!lock.held) return complain(`${dataDirectory} is in use by process ${lock.by}. Stop the bot first.`);
  try {
    return say(await moveBetween(settings, databaseUrl, where), where);
  } catch (fault) {
    if (fault instanceof EngineError) return complain(fault.message);
    throw fault;
  } finally {
    lock.release();
  }
}

async function moveBetween({ dataDirectory }: Settings, databaseUrl: string, where: 'postgres' | 'embedded'): Promise<Moved> {
  const postgres: OpenedStore = await openPostgres(databaseUrl, COMMAND_LINE);
  const embedded = await openSqliteStore(join(dataDirectory, LEDGER_FILE));
  try {
    const [from, to] = where === 'postgres' ? [embedded, postgres] : [postgres, embedded];
    return await moveLedger(from.database, to.database);
  } finally {
    await Promise.all([postgres.store.close(), embedded.store.close()]);
  }
}

function say(moved: Moved, where: string): number {
  if (moved.ok) {
    const { entries, effects } = moved.rows;
    console.log(
      `${entries} entries and ${effects} promises are in ${where} now, the chain is sound on both sides: head ${moved.head.hash}.`,
    );
    console.log(where === 'postgres' ? 'Start the bots with DATABASE_URL set.' : 'Start the bot without DATABASE_URL.');
    return 0;
  }
  const { problem } = moved;
  if (problem.kind === 'not_empty')
    return complain(`There is a ledger in ${where} already. Nothing was changed; empty it first, or name another one.`);
  if (problem.kind === 'moved_on')
    return complain('Somebody wrote to the ledger meanwhile. Nothing was moved; stop every bot and try again.');
  for (const { position, kind, explanation } of problem.faults) console.log(`entry ${position}: ${kind}: ${explanation}`);
  return complain(`The chain of the ${problem.side} is not sound. Nothing was moved.`);
}
