import type { Reply } from '../engine/ports.ts';
import type { Document } from '../readings/document.ts';

/** A sentence of ours as a message. */
export function saying(sentence: string): Document {
  return { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: sentence }] }] };
}

/** A no that only the asker sees. */
export function refusing(sentence: string): Reply {
  return { ok: false, quiet: true, document: saying(sentence) };
}
