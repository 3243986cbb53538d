import { join } from 'node:path';
import type { Settings } from './config/environment.ts';
import type { Randomness } from './kit/randomness.ts';
import { parseSignerKey, type SignerKey, signerKeyText } from './ledger/signed-note.ts';
import { keptSecret } from './store/secret-files.ts';

const SEED_BYTES = 32;

/** The file in the data directory holds no signing key; the message is a sentence for the operator. */
export class SignerKeyError extends Error {}

/** Where signed checkpoints are kept. */
export function checkpointsOf({ dataDirectory }: Settings): string {
  return join(dataDirectory, 'checkpoints');
}

/** The private key that signs them, kept beside the ledger. */
export function checkpointKeyFile({ dataDirectory }: Settings): string {
  return join(dataDirectory, 'checkpoint.key');
}

/** The key that signs checkpoints, made when there is none yet; its public half is `allclear audit key`. */
export function signerOf(settings: Settings, randomness: Randomness): SignerKey {
  const path = checkpointKeyFile(settings);
  const text = keptSecret(path, () => signerKeyText({ name: 'allclear', seed: randomness.bytes(SEED_BYTES) }));
  const key = parseSignerKey(text);
  if (key === null)
    throw new SignerKeyError(`${path} is no signing key. Put the right one back: without it no checkpoint can follow the others.`);
  return key;
}
