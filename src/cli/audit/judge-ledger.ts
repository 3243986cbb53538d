import { createReadStream } from 'node:fs';
import { ledgerEntries } from '../../engine/history.ts';
import type { Store } from '../../engine/store-port.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import type { Checkpoint } from '../../ledger/checkpoint.ts';
import { type ExportReader, exportReader } from '../../ledger/export.ts';
import { startVerification, type Verdict, type Verification } from '../../ledger/verify.ts';

export interface Judged {
  readonly verdict: Verdict;
  readonly checkpoints: number;
  readonly tookMs: number;
}

/** Verifies the ledger in a store, page by page; may run beside the bot. */
export async function judgeStore(store: Store, checkpoints: readonly Checkpoint[]): Promise<Judged> {
  const started = performance.now();
  const verification = startVerification({ checkpoints });
  for await (const page of ledgerEntries(store)) for (const entry of page) verification.add(entry);
  return { verdict: verification.finish(), checkpoints: checkpoints.length, tookMs: performance.now() - started };
}

/** Verifies an export, or tells the line that is none. Rejects with Node's error when the file cannot be read. */
export async function judgeExport(file: string, checkpoints: readonly Checkpoint[]): Promise<Judged | { readonly problem: string }> {
  const started = performance.now();
  const verification = startVerification({ checkpoints });
  const reader = exportReader();
  const wrong = ({ line, explanation }: { readonly line: number; readonly explanation: string }) => ({
    problem: `${file}:${line}: ${explanation}`,
  });
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const problem = take(verification, reader.push(chunk as string));
    if (problem !== null) return wrong(problem);
  }
  const problem = take(verification, reader.finish());
  if (problem !== null) return wrong(problem);
  return { verdict: verification.finish(), checkpoints: checkpoints.length, tookMs: performance.now() - started };
}

function take(verification: Verification, lines: ReturnType<ExportReader['push']>) {
  for (const line of lines) {
    if (!line.ok) return line.problem;
    verification.add(line.entry);
  }
  return null;
}

/** For people: every fault with its entry, then the judgement. */
export function judgementLines({ verdict, checkpoints, tookMs }: Judged): readonly string[] {
  const { isSound, entries, head, erasures, faults, faultsUnlisted } = verdict;
  const rate = Math.round((entries * SECOND_MS) / Math.max(tookMs, 1));
  const erased = erasures === 0 ? '' : `, ${erasures} redacted`;
  const judged = isSound ? 'The ledger is sound' : 'THE LEDGER WAS TAMPERED WITH';
  return [
    ...faults.map(({ position, kind, explanation }) => `entry ${position}: ${kind}: ${explanation}`),
    ...(faultsUnlisted > 0 ? [`… and ${faultsUnlisted} more`] : []),
    `${judged}: ${entries} entries${erased}, ${checkpoints} checkpoints, head ${head.hash} (${rate} entries/s)`,
    ...(checkpoints === 0 ? ['Without a checkpoint from outside, a cut-off tail cannot be seen.'] : []),
  ];
}
