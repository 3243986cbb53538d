import { provesConsistency } from './merkle-proof.ts';
import { fromBase64, type NoteProblem, openNote, type SignerKey, signNote, type VerifierKey } from './signed-note.ts';

/**
 * What the whole ledger was at one size, small enough to leave the building: a cut-off tail or a rewritten ledger is
 * invisible from inside, and plain to whoever kept one of these.
 */
export interface Checkpoint {
  /** Names the ledger; also the name of the key that signs. */
  readonly origin: string;
  /** Entries covered: positions 1 to `size`. */
  readonly size: number;
  /** RFC 6962 Merkle root over the `hash` of each entry, hexadecimal. */
  readonly root: string;
}

export type SignedCheckpoint = { readonly ok: true; readonly note: string } | { readonly ok: false; readonly problem: FollowProblem };
export type OpenedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly problem: CheckpointProblem };
/** Why a signed text is no checkpoint of this ledger; `foreign` is well signed but names another origin. */
export type CheckpointProblem = NoteProblem | 'foreign';
/** Why one checkpoint may not follow another: of another ledger, of fewer entries, or the ledger was not only added to. */
export type FollowProblem = 'foreign' | 'smaller' | 'inconsistent';

/** No leading zero; more digits than a safe integer has are refused below. */
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;
const ROOT_BYTES = 32;
const HEX_ROOT = /^[0-9a-f]{64}$/;

/** The text that is signed: origin, size and root, a line each (https://c2sp.org/tlog-checkpoint). */
export function checkpointText(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  if (!HEX_ROOT.test(root) || !Number.isSafeInteger(size) || size < 0) throw new TypeError('no checkpoint');
  return `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`;
}

/**
 * Whether `next` may be signed after `previous`; null when it may. "A log MUST not sign any checkpoint which is
 * inconsistent with any checkpoint it previously signed" (tlog-checkpoint), so this is asked before every signature.
 * The first checkpoint of a ledger follows null.
 */
export function mayFollow(previous: Checkpoint | null, next: Checkpoint, proof: readonly string[]): FollowProblem | null {
  if (previous === null) return null;
  if (previous.origin !== next.origin) return 'foreign';
  if (next.size < previous.size) return 'smaller';
  return provesConsistency({ first: previous, second: next, proof }) ? null : 'inconsistent';
}

/** The only way to a signed checkpoint: as a note (https://c2sp.org/signed-note), and only where `mayFollow` allows it. */
export function signCheckpoint(request: {
  /** The last one signed with this key; null only for the very first. */
  readonly previous: Checkpoint | null;
  readonly next: Checkpoint;
  readonly proof: readonly string[];
  readonly key: SignerKey;
}): SignedCheckpoint {
  const { previous, next, proof, key } = request;
  if (next.origin !== key.name) return { ok: false, problem: 'foreign' };
  const problem = mayFollow(previous, next, proof);
  return problem === null ? { ok: true, note: signNote(checkpointText(next), key) } : { ok: false, problem };
}

/**
 * Reads a signed checkpoint of the ledger named like the key, whoever else signed it too. Extension lines are allowed
 * by the format and mean nothing here.
 */
export function openCheckpoint(note: string, key: VerifierKey): OpenedCheckpoint {
  const opened = openNote(note, key);
  if (!opened.ok) return opened;
  const checkpoint = parseText(opened.text);
  if (checkpoint === null) return { ok: false, problem: 'malformed' };
  return checkpoint.origin === key.name ? { ok: true, checkpoint } : { ok: false, problem: 'foreign' };
}

function parseText(text: string): Checkpoint | null {
  const [origin = '', size = '', base64 = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = fromBase64(base64);
  if (origin === '' || !SIZE.test(size) || !Number.isSafeInteger(Number(size))) return null;
  if (root === null || root.length !== ROOT_BYTES || extensions.includes('')) return null;
  return { origin, size: Number(size), root: Buffer.from(root).toString('hex') };
}
