import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointsOf } from '../checkpoint-key.ts';
import type { Settings } from '../config/environment.ts';
import { COMMAND_LINE, EngineError, LEDGER_FILE, openPostgres } from '../engines.ts';
import type { Fault } from '../ledger/fault.ts';
import { forgetPromises, type OpenedBackup, openBackup } from '../store/backup.ts';
import { lockDataDirectory } from '../store/data-lock.ts';
import { type Moved, moveLedger, verifyLedger } from '../store/move.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { replays } from './backup.ts';
import { complain } from './complain.ts';
import type { Flags } from './flags.ts';
import { settingsOrComplain } from './settings.ts';

/**
 * `allclear restore FILE`: a backup into an empty ledger of either engine. Refuses what was tampered with, and names the entry.
 * `--forget-promises` keeps nobody from sleeping for what an old backup still owed.
 */
export async function run([file]: readonly string[], flags: Flags): Promise<number> {
  if (file === undefined) return complain('Say what: "restore FILE".', 2);
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  if (!existsSync(file)) return complain(`There is no ${file}.`);
  const lock = lockDataDirectory(settings.dataDirectory);
  if (!lock.held) return complain(`${settings.dataDirectory} is in use by process ${lock.by}. Stop the bot first.`);
  try {
    return await restore(settings, file, flags['forget-promises'] === true);
  } catch (fault) {
    if (fault instanceof EngineError) return complain(fault.message);
    if (fault instanceof Error && 'code' in fault) return complain(`${file} cannot be read as a backup: ${fault.message}.`);
    throw fault;
  } finally {
    lock.release();
  }
}

async function restore(settings: Settings, file: string, forget: boolean): Promise<number> {
  const backup = await openBackup(file, join(settings.dataDirectory, `restore-${process.pid}.db`));
  try {
    const { databaseUrl, dataDirectory } = settings;
    const to =
      databaseUrl === null ? await openSqliteStore(join(dataDirectory, LEDGER_FILE)) : await openPostgres(databaseUrl, COMMAND_LINE);
    try {
      if ((await to.store.head()).position > 0)
        return complain('There is a ledger already. Nothing was changed; empty it first, or name another one.');
      const { faults } = await verifyLedger(backup.database);
      if (faults.length > 0) return complainOfFaults(faults);
      if (!(await replays(backup)))
        return complain('Snapshots or promises in the backup are not what its entries entail. Nothing was restored.');
      if (forget) console.log(`${await forgetPromises(backup.database)} promises are forgotten.`);
      const moved = await moveLedger(backup.database, to.database);
      if (!moved.ok) return complainOfFaults(moved.problem.kind === 'unsound' ? moved.problem.faults : []);
      putFiles(settings, backup);
      return say(moved, await owedOf(to));
    } finally {
      await to.store.close();
    }
  } finally {
    await backup.close();
  }
}

function complainOfFaults(faults: readonly Fault[]): number {
  for (const { position, kind, explanation } of faults) console.log(`entry ${position}: ${kind}: ${explanation}`);
  return complain('The backup was tampered with or is damaged. Nothing was restored.');
}

/** Checkpoints go on from the last one; those of this disk are not replaced. */
function putFiles(settings: Settings, { files }: OpenedBackup): void {
  const directory = checkpointsOf(settings);
  if (existsSync(directory)) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const { name, content } of files) writeFileSync(join(directory, name), content, { mode: 0o600 });
}

const OWED_MAX = 10_000;

async function owedOf({ store }: Awaited<ReturnType<typeof openSqliteStore>>): Promise<number> {
  return (await store.outbox.list({ states: ['pending', 'claimed'], limit: OWED_MAX })).length;
}

function say(moved: Extract<Moved, { ok: true }>, owed: number): number {
  console.log(`${moved.rows.entries} entries are restored, the chain is sound: head ${moved.head.hash}.`);
  if (owed > 0)
    console.log(
      `${owed} promises are still owed and will be kept when the bot starts: pages ring for what the backup took to be going on.`,
    );
  console.log('Put secret.key and checkpoint.key back before you start: without them old links and checkpoints are worthless.');
  return 0;
}
