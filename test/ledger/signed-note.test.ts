import { describe, expect, it } from 'vitest';
import {
  openNote,
  parseSignerKey,
  parseVerifierKey,
  type SignerKey,
  signerKeyText,
  signNote,
  type VerifierKey,
  verifierKeyText,
  verifierOf,
} from '../../src/ledger/signed-note.ts';

// Keys, text and signatures as published in the tests of Go's golang.org/x/mod/sumdb/note: another implementation's.
const PETER_SIGNER = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PETER_VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH_VERIFIER = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_SIGNATURE = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_SIGNATURE = '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

const signer = parseSignerKey(PETER_SIGNER) as SignerKey;
const peter = parseVerifierKey(PETER_VERIFIER) as VerifierKey;
const enoch = parseVerifierKey(ENOCH_VERIFIER) as VerifierKey;

/** Every text shorter than this one, and every text with one character changed. */
function mangled(text: string): readonly string[] {
  const all: string[] = [];
  for (let from = 0; from < text.length; from += 1) {
    for (let to = from; to <= text.length; to += 1) if (to - from < text.length) all.push(text.slice(from, to));
    const changed = String.fromCharCode(text.charCodeAt(from) + 1);
    all.push(text.slice(0, from) + changed + text.slice(from + 1));
  }
  return all;
}

describe('a key', () => {
  it('is read and written as Go reads and writes it', () => {
    expect(signerKeyText(signer)).toBe(PETER_SIGNER);
    expect(verifierKeyText(peter)).toBe(PETER_VERIFIER);
    expect(verifierKeyText(verifierOf(signer))).toBe(PETER_VERIFIER);
    expect(peter).toMatchObject({ name: 'PeterNeumann', id: 'c74f20a3' });
  });

  it('is refused when anything in it was changed', () => {
    expect(mangled(PETER_VERIFIER).filter((text) => parseVerifierKey(text) !== null)).toEqual([]);
    expect(mangled(PETER_SIGNER).filter((text) => parseSignerKey(text) !== null)).toEqual([]);
  });

  it('is refused with the wrong length or another algorithm, although its id fits', () => {
    expect(parseVerifierKey('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==')).toBeNull();
    expect(parseVerifierKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toBeNull();
  });

  it.each(['', 'two words', 'a+b', 'a\u00a0b', 'a\nb'])('cannot be named "%s"', (name) => {
    expect(() => verifierOf({ ...signer, name })).toThrow('a key name');
  });
});

describe('signNote', () => {
  it("writes Go's note, byte for byte", () => {
    expect(signNote(TEXT, signer)).toBe(`${TEXT}\n${PETER_SIGNATURE}`);
  });

  it.each(['abc', '', 'tab\there\n', 'bell\u0007\n', 'return\r\n', 'lone \ud800\n'])('refuses the text %j', (text) => {
    expect(() => signNote(text, signer)).toThrow('no text for a signed note');
  });
});

describe('openNote', () => {
  const note = `${TEXT}\n${PETER_SIGNATURE}`;
  const signedByBoth = `${TEXT}\n${PETER_SIGNATURE}${ENOCH_SIGNATURE}`;

  it('answers the text once a signature of the key is verified, whoever else signed', () => {
    expect(openNote(note, peter)).toEqual({ ok: true, text: TEXT });
    expect(openNote(signedByBoth, peter)).toEqual({ ok: true, text: TEXT });
    expect(openNote(signedByBoth, enoch)).toEqual({ ok: true, text: TEXT });
  });

  it('keeps blank lines inside the text', () => {
    const poem = 'first\n\nsecond\n\n';
    expect(openNote(signNote(poem, signer), peter)).toEqual({ ok: true, text: poem });
  });

  it('ignores signatures of unknown keys, also one with a known name or a known id', () => {
    expect(openNote(note, enoch)).toEqual({ ok: false, problem: 'unsigned' });
    expect(openNote(note, { ...enoch, name: peter.name })).toEqual({ ok: false, problem: 'unsigned' });
    expect(openNote(note, { ...enoch, id: peter.id })).toEqual({ ok: false, problem: 'unsigned' });
  });

  it('says forged when the key is named and its signature does not fit', () => {
    expect(openNote(note.replace('problem is', 'answer is'), peter)).toEqual({ ok: false, problem: 'forged' });
    expect(openNote(note.replace('ZJkuBS', 'ZJkuBT'), peter)).toEqual({ ok: false, problem: 'forged' });
    const lengthened = `${PETER_SIGNATURE.slice(0, 60)}ABCD${PETER_SIGNATURE.slice(60)}`;
    expect(openNote(`${TEXT}\n${lengthened}`, peter)).toEqual({ ok: false, problem: 'forged' });
  });

  it.each<[string, string]>([
    ['a text alone', TEXT],
    ['no signature', `${TEXT}\n`],
    ['no last newline', `${TEXT}\n${PETER_SIGNATURE.slice(0, -1)}`],
    ['a control character', `\u0001${TEXT}\n${PETER_SIGNATURE}`],
    ['a carriage return', `${TEXT}\r\n\n${PETER_SIGNATURE}`],
    ['a lone surrogate', `\ud800${TEXT}\n${PETER_SIGNATURE}`],
    ['a name with a space', `${TEXT}\n${PETER_SIGNATURE.replace('PeterNeumann', 'Bad Name')}`],
    ['a name with a plus', `${TEXT}\n${PETER_SIGNATURE.replace('PeterNeumann', 'Bad+Name')}`],
    ['a line that is no signature', `${TEXT}\n${PETER_SIGNATURE}Unexpected line.\n`],
    ['a hyphen for the dash', `${TEXT}\n${PETER_SIGNATURE.replace('—', '-')}`],
    ['base64 without padding', `${TEXT}\n${PETER_SIGNATURE.replace('=', '')}`],
    ['url base64', `${TEXT}\n${PETER_SIGNATURE.replaceAll('/', '_')}`],
    ['a signature without bytes', `${TEXT}\n— PeterNeumann x08gow==\n`],
    ['more than a hundred signatures', `${TEXT}\n${PETER_SIGNATURE.repeat(101)}`],
  ])('takes no note with %s', (_, bad) => {
    expect(openNote(bad, peter)).toEqual({ ok: false, problem: 'malformed' });
  });

  it('takes a note with a hundred signatures', () => {
    expect(openNote(`${TEXT}\n${ENOCH_SIGNATURE.repeat(99)}${PETER_SIGNATURE}`, peter).ok).toBe(true);
  });
});
