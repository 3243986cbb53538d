import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Settings } from '../../config/environment.ts';
import { audit } from '../../engine/auditor.ts';
import type { Store } from '../../engine/store-port.ts';
import { lockDataDirectory } from '../../store/data-lock.ts';
import { judgeStore } from '../audit/judge-ledger.ts';
import { knownCheckpoints } from '../audit/known-checkpoints.ts';
import { runningBot } from '../running.ts';
import { broken, type Finding, good, sayFault, warning } from './finding.ts';
import { lookAtLastEntry } from './machine.ts';

/** Below this a busy night may fill the disk: an entry with its effects takes a few kilobytes. */
const FREE_BYTES_MIN = 200 * 1024 * 1024;
const MEGABYTE = 1_048_576;

/** Can be written, has room, and who has it. */
export async function lookAtDirectory({ dataDirectory }: Settings): Promise<readonly Finding[]> {
  const exists = existsSync(dataDirectory);
  const place = nearestFolder(resolve(dataDirectory));
  try {
    await access(place, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(place);
    const free = `${Math.round((bavail * bsize) / MEGABYTE)} MB free`;
    const room =
      bavail * bsize < FREE_BYTES_MIN
        ? warning('data', `${dataDirectory} has only ${free}.`, 'Make room: without it nothing can be recorded.')
        : good('data', exists ? `${dataDirectory} can be written, ${free}` : `${dataDirectory} is made at the first start`);
    return exists ? [room, lookAtLock(dataDirectory)] : [room];
  } catch (fault) {
    return [broken('data', `${place} cannot be written (${sayFault(fault)}).`, 'Give this user the right to, or set ALLCLEAR_DATA.')];
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

function lookAtLock(dataDirectory: string): Finding {
  const lock = lockDataDirectory(dataDirectory);
  if (!lock.held) return good('lock', `held by process ${lock.by}`);
  lock.release();
  return good('lock', 'free: no bot runs here');
}

/** The chain, its checkpoints and what is owed because of it. */
export async function lookAtLedger(settings: Settings, store: Store): Promise<readonly Finding[]> {
  const head = await store.head();
  if (head.position === 0) return [good('ledger', 'still empty')];
  const [last] = await store.entries({ after: head.position - 1, limit: 1 });
  return [...(await judged(settings, store)), ...(last === undefined ? [] : [lookAtLastEntry(last.at)]), ...(await owed(settings, store))];
}

async function judged(settings: Settings, store: Store): Promise<readonly Finding[]> {
  const next = 'Stop, keep a copy, and look: allclear audit verify';
  const known = knownCheckpoints(settings);
  if (!known.ok) return [broken('checkpoints', known.sentence, next)];
  const { verdict } = await judgeStore(store, known.checkpoints);
  const { isSound, entries, faults } = verdict;
  if (!isSound) return [broken('ledger', `It was tampered with: ${faults[0]?.explanation ?? ''}`, next)];
  const vouched = Math.max(0, ...known.checkpoints.map(({ size }) => size));
  return [good('ledger', `${entries} entries, sound; ${vouched} of them vouched for by ${known.checkpoints.length} checkpoints`)];
}

/** Promises that nobody kept although they are due, and those nobody can keep any more. */
async function owed(settings: Settings, store: Store): Promise<readonly Finding[]> {
  const { isClean, counts, effects, findings } = await audit(store, Date.now());
  const dead = await store.outbox.list({ states: ['dead'], limit: DEAD_LISTED_MAX });
  const found: Finding[] = [];
  const { overdue, ...wrong } = counts;
  if (overdue > 0) {
    const runs = runningBot(settings.dataDirectory) !== null;
    const next = runs ? 'See why: allclear audit effects' : 'Start the bot, it keeps them: npm start';
    found.push(
      warning('effects', `${overdue} promises are overdue: ${findings.find(({ kind }) => kind === 'overdue')?.explanation ?? ''}.`, next),
    );
  }
  const others = Object.entries(wrong).filter(([, count]) => count > 0);
  if (others.length > 0) {
    const counted = others.map(([kind, count]) => `${count} ${kind}`).join(', ');
    found.push(
      broken(
        'effects',
        `What is stored is not what the ledger entails: ${counted}.`,
        'See which: allclear audit effects. Snapshots: allclear rebuild',
      ),
    );
  }
  if (isClean) found.push(good('effects', `all ${effects} the ledger entails are accounted for`));
  const newest = dead.at(-1);
  if (newest !== undefined) {
    const count = dead.length === DEAD_LISTED_MAX ? `${DEAD_LISTED_MAX} or more` : String(dead.length);
    const why = `${newest.body.kind}: ${newest.detail ?? newest.reason ?? 'unknown'}`;
    found.push(
      warning('dead effects', `${count} were given up, the last was ${why}.`, 'Mend what it says; what is dead is not tried again.'),
    );
  }
  return found;
}

/** More are only "or more". */
const DEAD_LISTED_MAX = 1_000;
