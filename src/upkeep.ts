import { join } from 'node:path';
import { checkpointsOf, signerOf } from './checkpoint-key.ts';
import type { Settings } from './config/environment.ts';
import type { Bot } from './engine/bot.ts';
import { type Checkpointer, createCheckpointer } from './engine/checkpointer.ts';
import { createRetention } from './engine/retention.ts';
import type { Engines } from './engines.ts';
import type { Clock } from './kit/clock.ts';
import type { Randomness } from './kit/randomness.ts';
import { checkpointFiles } from './store/checkpoint-files.ts';
import { exportFiles } from './store/export-files.ts';

/** Null keeps everything for ever. */
export function retentionOf(
  { retentionDays: days, dataDirectory }: Settings,
  { signing }: Engines,
  { door }: Bot,
  clock: Clock,
  trouble: (fault: unknown, where: string) => void,
) {
  if (days === null) return null;
  const keep = exportFiles(join(dataDirectory, 'exports'));
  return createRetention({ store: signing, door, clock, days, keep, bug: (fault) => trouble(fault, 'retention') });
}

/** Signs what was added to the ledger. */
export function checkpointerOf(
  settings: Settings,
  { signing }: Engines,
  { clock, randomness }: { readonly clock: Clock; readonly randomness: Randomness },
): Checkpointer {
  return createCheckpointer(signing, checkpointFiles(checkpointsOf(settings)), signerOf(settings, randomness), clock);
}
