import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointsOf } from '../checkpoint-key.ts';
import type { Settings } from '../config/environment.ts';
import { audit } from '../engine/auditor.ts';
import { COMMAND_LINE, EngineError, LEDGER_FILE, openPostgres } from '../engines.ts';
import { writeBackup } from '../store/backup.ts';
import { CHECKPOINT_FILES } from '../store/checkpoint-files.ts';
import type { Moved } from '../store/move.ts';
import { type OpenedStore, openSqliteStore } from '../store/sqlite.ts';
import { complain } from './complain.ts';
import { settingsOrComplain } from './settings.ts';

/** Nothing is overdue in a backup. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** `allclear backup FILE`: the whole ledger at one moment, beside running bots, verified by replay. Holds no key. */
export async function run([file]: readonly string[]): Promise<number> {
  if (file === undefined) return complain('Say where to: "backup FILE".', 2);
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  if (existsSync(file)) return complain(`${file} is there already. Name another one, or remove it.`);
  if (settings.databaseUrl === null && !existsSync(join(settings.dataDirectory, LEDGER_FILE)))
    return complain(`There is no ledger in ${settings.dataDirectory}.`);
  try {
    return await backUp(settings, file);
  } catch (fault) {
    if (fault instanceof EngineError) return complain(fault.message);
    if (fault instanceof Error && 'code' in fault) return complain(`${file} cannot be written: ${fault.message}.`);
    throw fault;
  }
}

async function backUp(settings: Settings, file: string): Promise<number> {
  const { databaseUrl, dataDirectory } = settings;
  // Read before the ledger: no checkpoint in the backup is ahead of it.
  const files = CHECKPOINT_FILES.flatMap((name) => fileIn(checkpointsOf(settings), name));
  const from =
    databaseUrl === null
      ? await openSqliteStore(join(dataDirectory, LEDGER_FILE), { readOnly: true })
      : await openPostgres(databaseUrl, COMMAND_LINE);
  try {
    let isReplayed = false;
    const look = async (copy: OpenedStore): Promise<boolean> => {
      isReplayed = await replays(copy);
      return isReplayed;
    };
    const moved = await writeBackup(from.database, databaseUrl === null ? 'embedded' : 'postgres', file, files, look);
    return say(moved, isReplayed, file, settings);
  } finally {
    await from.store.close();
  }
}

function fileIn(directory: string, name: string) {
  const path = join(directory, name);
  return existsSync(path) ? [{ name, content: readFileSync(path, 'utf8') }] : [];
}

/** Folds everything anew: snapshots and promises are what the entries entail. Says what is not. */
export async function replays({ store }: OpenedStore): Promise<boolean> {
  const { isClean, findings } = await audit(store, 0, { overdueMs: NEVER_MS });
  for (const { kind, about, explanation } of findings) console.log(`${about}: ${kind}: ${explanation}`);
  return isClean;
}

function say(moved: Moved, isReplayed: boolean, file: string, { dataDirectory }: Settings): number {
  if (!moved.ok) {
    if (moved.problem.kind === 'unsound')
      for (const { position, kind, explanation } of moved.problem.faults) console.log(`entry ${position}: ${kind}: ${explanation}`);
    return complain('The chain is not sound, so there is no backup of it: allclear audit verify');
  }
  if (!isReplayed) return complain('The ledger is not what its entries entail, so there is no backup of it: allclear audit effects');
  const { entries, effects } = moved.rows;
  console.log(`${file} has ${entries} entries and ${effects} promises, verified by replay: head ${moved.head.hash}.`);
  console.log(`Keys are not in it: keep secret.key and checkpoint.key of ${dataDirectory} in another place.`);
  return 0;
}
