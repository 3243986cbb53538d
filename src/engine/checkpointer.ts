import type { Clock } from '../kit/clock.ts';
import { type Checkpoint, signCheckpoint } from '../ledger/checkpoint.ts';
import { EMPTY_FRONTIER, merkleTree } from '../ledger/merkle.ts';
import { consistencyProof } from '../ledger/merkle-proof.ts';
import type { SignerKey } from '../ledger/signed-note.ts';
import { PAGE_ENTRIES } from './history.ts';
import type { CheckpointPlace, Store } from './store-port.ts';

/** How long an entry stays uncovered: a database administrator has this long to rewrite it unseen. */
export const CHECKPOINT_EVERY_MS = 60_000;

export interface Checkpointer {
  /** Signs what was added since the last one; answers null when nothing was, or why it must not sign. */
  sign(): Promise<{ readonly signed: Checkpoint } | { readonly problem: string } | null>;
  start(failed: (problem: unknown) => void): void;
  /** Signs once more and ends. */
  stop(): Promise<void>;
}

/** Signs the ledger's Merkle root now and then. Reads only what was added: it costs the same at a million entries as at ten. */
export function createCheckpointer(store: Store, place: CheckpointPlace, key: SignerKey, clock: Clock): Checkpointer {
  let cancel = (): void => undefined;
  let failed: (problem: unknown) => void = () => undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function sign(): ReturnType<Checkpointer['sign']> {
    const last = await place.last();
    const before = last?.frontier ?? EMPTY_FRONTIER;
    const added = await hashesAfter(store, before.size);
    if (added.length === 0) return null;
    const tree = merkleTree(before);
    for (const hash of added) tree.append(hash);
    const next: Checkpoint = { origin: key.name, size: tree.size(), root: tree.root() };
    const proof = last === null ? [] : consistencyProof(before, added);
    const signed = signCheckpoint({ previous: last?.checkpoint ?? null, next, proof, key });
    if (!signed.ok) return { problem: signed.problem };
    await place.keep(signed.note, next, tree.frontier());
    return { signed: next };
  }
  async function signLoudly(): Promise<void> {
    try {
      const outcome = await sign();
      if (outcome !== null && 'problem' in outcome) failed(new Error(`a checkpoint was refused: ${outcome.problem}`));
    } catch (fault) {
      failed(fault);
    }
  }
  function again(): void {
    cancel = clock.alarm(clock.now() + CHECKPOINT_EVERY_MS, () => {
      running = signLoudly().then(again);
    });
  }
  return {
    sign,
    start(tell) {
      failed = tell;
      again();
    },
    async stop() {
      cancel();
      await running;
      cancel();
      await signLoudly();
    },
  };
}

async function hashesAfter(store: Store, position: number): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (;;) {
    const page = await store.entries({ after: position + hashes.length, limit: PAGE_ENTRIES });
    if (page.length === 0) return hashes;
    hashes.push(...page.map(({ hash }) => hash));
  }
}
