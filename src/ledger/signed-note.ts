import { ED25519_KEY_BYTES, ed25519PublicKey, ed25519Sign, ed25519Verify } from '../kit/ed25519.ts';
import { sha256Hex } from '../kit/hashing.ts';

// Signed notes as specified by https://c2sp.org/signed-note, keys in the text form of Go's golang.org/x/mod/sumdb/note.

/** A public key with its name. `id` is 8 hexadecimal digits, derived from both. */
export interface VerifierKey {
  readonly name: string;
  readonly id: string;
  readonly publicKey: Uint8Array;
}
/** A private key with its name; never to be logged or stored in the ledger. */
export interface SignerKey {
  readonly name: string;
  readonly seed: Uint8Array;
}
export type OpenedNote = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: NoteProblem };
/**
 * `malformed`: no signed note. `unsigned`: well-formed, but no signature is from this key. `forged`: a signature
 * carries this key's name and id and is not its signature over this text.
 */
export type NoteProblem = 'malformed' | 'unsigned' | 'forged';

/** Signature type of plain Ed25519 in the specification's table. */
const ED25519_TYPE = 1;
const ID_DIGITS = 8;
/** As in Go's implementation; the specification asks for room for 16 at least. */
const SIGNATURES_MAX = 100;
/** A checkpoint with a hundred long signatures stays below this. */
const NOTE_CHARS_MAX = 1_000_000;

const SIGNER_PREFIX = 'PRIVATE+KEY+';
const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/u;
// Go's unicode.IsSpace and ECMAScript's \s differ only in U+0085 and U+FEFF: both are refused.
const NAME = /^[^\s+\u0085]+$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification refuses exactly these.
const CONTROL_CHARACTER = /[\u0000-\u0009\u000b-\u001f]/;

/** The key's text form, `PRIVATE+KEY+<name>+<id>+<base64>`, for an environment variable or a file. */
export function signerKeyText(key: SignerKey): string {
  const verifier = verifierOf(key);
  return `${SIGNER_PREFIX}${key.name}+${verifier.id}+${typedBase64(key.seed)}`;
}

/** The key's text form, `<name>+<id>+<base64>`: what is handed to whoever verifies. */
export function verifierKeyText(key: VerifierKey): string {
  return `${key.name}+${key.id}+${typedBase64(key.publicKey)}`;
}

/** Reads what `signerKeyText` writes, or answers null: wrong form, wrong kind of key, or an id that does not fit. */
export function parseSignerKey(text: string): SignerKey | null {
  if (!text.startsWith(SIGNER_PREFIX)) return null;
  const parts = keyParts(text.slice(SIGNER_PREFIX.length));
  if (parts === null) return null;
  const key: SignerKey = { name: parts.name, seed: parts.bytes };
  return verifierOf(key).id === parts.id ? key : null;
}

/** Reads what `verifierKeyText` writes, or answers null. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const parts = keyParts(text);
  if (parts === null || keyId(parts.name, parts.bytes) !== parts.id) return null;
  return { name: parts.name, id: parts.id, publicKey: parts.bytes };
}

/** The public half. Throws when the name is empty or has a space or a plus sign. */
export function verifierOf(key: SignerKey): VerifierKey {
  if (!NAME.test(key.name)) throw new TypeError('a key name is not empty and has no space and no plus sign');
  const publicKey = ed25519PublicKey(key.seed);
  return { name: key.name, id: keyId(key.name, publicKey), publicKey };
}

/** The note: the text, a blank line, one signature. Throws unless the text ends with a newline and has no control characters. */
export function signNote(text: string, key: SignerKey): string {
  if (!text.endsWith('\n') || !isNoteText(text)) throw new TypeError('no text for a signed note');
  const { name, id } = verifierOf(key);
  const signature = Buffer.concat([Buffer.from(id, 'hex'), ed25519Sign(key.seed, text)]);
  return `${text}\n\u2014 ${name} ${signature.toString('base64')}\n`;
}

/** The text of a note, once the key's signature over it is verified. Signatures of unknown keys are ignored, as the specification demands. */
export function openNote(note: string, key: VerifierKey): OpenedNote {
  const split = splitNote(note);
  if (split === null) return { ok: false, problem: 'malformed' };
  // Of several signatures with the same name and id only the first counts, as in Go's implementation.
  const own = split.signatures.find((signature) => signature.name === key.name && signature.id === key.id);
  if (own === undefined) return { ok: false, problem: 'unsigned' };
  if (!ed25519Verify(key.publicKey, split.text, own.bytes)) return { ok: false, problem: 'forged' };
  return { ok: true, text: split.text };
}

interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array;
}

function splitNote(note: string): { readonly text: string; readonly signatures: readonly NoteSignature[] } | null {
  if (note.length > NOTE_CHARS_MAX || !isNoteText(note) || !note.endsWith('\n')) return null;
  const blank = note.lastIndexOf('\n\n');
  if (blank === -1) return null;
  const lines = note.slice(blank + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === null) return null;
    signatures.push(signature);
  }
  return { text: note.slice(0, blank + 1), signatures };
}

function parseSignature(line: string): NoteSignature | null {
  const [, name, base64] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === undefined || base64 === undefined || !NAME.test(name)) return null;
  const bytes = fromBase64(base64);
  if (bytes === null || bytes.length <= ID_DIGITS / 2) return null;
  return { name, id: Buffer.from(bytes.subarray(0, ID_DIGITS / 2)).toString('hex'), bytes: bytes.subarray(ID_DIGITS / 2) };
}

function keyParts(text: string): { readonly name: string; readonly id: string; readonly bytes: Uint8Array } | null {
  // Base64 may contain plus signs, names may not: only the first two divide.
  const [name = '', id = '', ...rest] = text.split('+');
  const typed = fromBase64(rest.join('+'));
  if (!NAME.test(name) || !/^[0-9a-f]{8}$/.test(id)) return null;
  if (typed === null || typed.length !== 1 + ED25519_KEY_BYTES || typed[0] !== ED25519_TYPE) return null;
  return { name, id, bytes: typed.subarray(1) };
}

function keyId(name: string, publicKey: Uint8Array): string {
  return sha256Hex(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519_TYPE), publicKey])).slice(0, ID_DIGITS);
}

function typedBase64(key: Uint8Array): string {
  return Buffer.concat([Buffer.of(ED25519_TYPE), key]).toString('base64');
}

function isNoteText(text: string): boolean {
  return text.isWellFormed() && !CONTROL_CHARACTER.test(text);
}

/** Standard base64 with padding (RFC 4648, part 4), or null. Node alone would read almost anything as base64. */
export function fromBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
}
