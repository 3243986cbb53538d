import { describe, expect, it } from 'vitest';
import { type Checkpoint, checkpointText, mayFollow, openCheckpoint, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { EMPTY_FRONTIER, merkleTree } from '../../src/ledger/merkle.ts';
import { consistencyProof } from '../../src/ledger/merkle-proof.ts';
import { type SignerKey, signNote, verifierOf } from '../../src/ledger/signed-note.ts';
import { verify } from '../../src/ledger/verify.ts';
import { sampleLedger } from './sample-ledger.ts';

const ORIGIN = 'example.com/ledger';
const key: SignerKey = { name: ORIGIN, seed: new Uint8Array(32).fill(7) };
const verifier = verifierOf(key);
const hashes = sampleLedger({ entries: 30 }).map((entry) => entry.hash);

function checkpoint(size: number, leaves: readonly string[] = hashes): Checkpoint {
  const tree = merkleTree();
  for (const leaf of leaves.slice(0, size)) tree.append(leaf);
  return { origin: ORIGIN, size, root: tree.root() };
}

function proof(from: number, to: number, leaves: readonly string[] = hashes): readonly string[] {
  const tree = merkleTree(EMPTY_FRONTIER);
  for (const leaf of leaves.slice(0, from)) tree.append(leaf);
  return consistencyProof(tree.frontier(), leaves.slice(from, to));
}

describe('the text of a checkpoint', () => {
  it('is origin, size and root as tlog-checkpoint shows them', () => {
    // The example of https://c2sp.org/tlog-checkpoint.
    const root = Buffer.from('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'base64').toString('hex');
    expect(checkpointText({ origin: 'example.com/behind-the-sofa', size: 20_852_163, root })).toBe(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
  });

  it('is refused for what is no size and no root', () => {
    expect(() => checkpointText({ ...checkpoint(3), size: 1.5 })).toThrow('no checkpoint');
    expect(() => checkpointText({ ...checkpoint(3), size: -1 })).toThrow('no checkpoint');
    expect(() => checkpointText({ ...checkpoint(3), root: 'abc' })).toThrow('no checkpoint');
  });
});

describe('mayFollow', () => {
  it('lets the first follow nothing, and any later one its own past', () => {
    expect(mayFollow(null, checkpoint(10), [])).toBeNull();
    for (let size = 0; size <= 30; size += 1) expect(mayFollow(checkpoint(size), checkpoint(30), proof(size, 30))).toBeNull();
  });

  it('refuses another ledger, fewer entries, a rewritten past and a proof of something else', () => {
    const rewritten = hashes.with(2, 'ab'.repeat(32));
    expect(mayFollow(checkpoint(10), { ...checkpoint(30), origin: 'example.com/other' }, proof(10, 30))).toBe('foreign');
    expect(mayFollow(checkpoint(10), checkpoint(9), [])).toBe('smaller');
    expect(mayFollow(checkpoint(10), checkpoint(30, rewritten), proof(10, 30, rewritten))).toBe('inconsistent');
    expect(mayFollow(checkpoint(10), checkpoint(10, rewritten), [])).toBe('inconsistent');
    expect(mayFollow(checkpoint(10), checkpoint(30), proof(11, 30))).toBe('inconsistent');
    expect(mayFollow(checkpoint(10), checkpoint(30), [])).toBe('inconsistent');
  });
});

describe('signCheckpoint', () => {
  it('signs what follows, and what it signed opens again', () => {
    const signed = signCheckpoint({ previous: checkpoint(10), next: checkpoint(30), proof: proof(10, 30), key });
    expect(signed.ok && openCheckpoint(signed.note, verifier)).toEqual({ ok: true, checkpoint: checkpoint(30) });
  });

  it('never signs what is inconsistent with what it signed before', () => {
    const rewritten = hashes.with(2, 'ab'.repeat(32));
    const request = { previous: checkpoint(10), next: checkpoint(30, rewritten), proof: proof(10, 30, rewritten), key };
    expect(signCheckpoint(request)).toEqual({ ok: false, problem: 'inconsistent' });
    expect(signCheckpoint({ ...request, next: checkpoint(9) })).toEqual({ ok: false, problem: 'smaller' });
  });

  it('never signs for an origin that is not its own', () => {
    const next = { ...checkpoint(3), origin: 'example.com/other' };
    expect(signCheckpoint({ previous: null, next, proof: [], key })).toEqual({ ok: false, problem: 'foreign' });
  });
});

describe('openCheckpoint', () => {
  const note = (text: string): string => signNote(text, key);
  const root = Buffer.from(checkpoint(3).root, 'hex').toString('base64');

  it('ignores extension lines and further signatures', () => {
    const witness = signNote('x\n', { name: 'witness.example', seed: new Uint8Array(32).fill(9) }).split('\n\n')[1] as string;
    const extended = note(`${ORIGIN}\n3\n${root}\nextension of somebody\n`);
    expect(openCheckpoint(extended + witness, verifier)).toEqual({ ok: true, checkpoint: checkpoint(3) });
  });

  it('opens the checkpoint of an empty ledger', () => {
    expect(openCheckpoint(note(checkpointText(checkpoint(0))), verifier)).toEqual({ ok: true, checkpoint: checkpoint(0) });
  });

  it.each<[string, string]>([
    ['no origin', `\n3\n${root}\n`],
    ['a leading zero', `${ORIGIN}\n03\n${root}\n`],
    ['a sign', `${ORIGIN}\n+3\n${root}\n`],
    ['a size beyond safe integers', `${ORIGIN}\n9007199254740993\n${root}\n`],
    ['a short root', `${ORIGIN}\n3\nAAAA\n`],
    ['a root that is no base64', `${ORIGIN}\n3\n${root.replace('=', '!')}\n`],
    ['two lines', `${ORIGIN}\n3\n`],
    ['an empty extension line', `${ORIGIN}\n3\n${root}\n\nextension\n`],
  ])('takes no checkpoint with %s, although it is signed', (_, text) => {
    expect(openCheckpoint(note(text), verifier)).toEqual({ ok: false, problem: 'malformed' });
  });

  it('takes no checkpoint of another ledger, of another key, or one that was changed', () => {
    const good = note(checkpointText(checkpoint(3)));
    expect(openCheckpoint(note(`example.com/other\n3\n${root}\n`), verifier)).toEqual({ ok: false, problem: 'foreign' });
    expect(openCheckpoint(good.replace('\n3\n', '\n4\n'), verifier)).toEqual({ ok: false, problem: 'forged' });
    const other = verifierOf({ name: ORIGIN, seed: new Uint8Array(32).fill(8) });
    expect(openCheckpoint(good, other)).toEqual({ ok: false, problem: 'unsigned' });
    expect(openCheckpoint('nonsense', verifier)).toEqual({ ok: false, problem: 'malformed' });
  });
});

describe('the root a verification ends with', () => {
  it('is the one a checkpoint of the same size signs', () => {
    expect(verify(sampleLedger({ entries: 30 })).root).toBe(checkpoint(30).root);
  });
});
