// Verifies an export of the ledger without a line of Allclear's own code: plain Node, written from the format alone.
// Whoever audits Allclear may start from here, or write a third one.
//
//   node independent-verifier.mjs export.jsonl [--checkpoint checkpoint.txt --key <name>+<id>+<base64>]
//
// Exit status 0: sound. 1: tampered with; says where. 2: could not be judged.
//
// The format: one entry a line, canonical JSON (RFC 8785).
//   digest    SHA-256 over "allclear/v1 data\n", salt, "\n" and data
//   hash      SHA-256 over "allclear/v1 entry\n" and the canonical JSON of all fields but salt, data and hash
//   previous  hash of the entry before, 64 zeros for the first
// Positions go 1, 2, 3 …, and so do the versions of each stream. Salt and data may both be null when a later entry of
// type entry.redacted names the position in its data. A checkpoint is a signed note with the RFC 6962 Merkle root over
// the hashes, each a leaf of 32 bytes.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';

const HEADER = ['actor', 'at', 'cause', 'digest', 'incident', 'position', 'previous', 'schema', 'stream', 'type', 'version'];
const FIELDS = [...HEADER, 'data', 'hash', 'salt'].sort();
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

class Tampered extends Error {}

function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** RFC 8785 for flat objects of text, integers and null, which is all that an entry is. */
function canonical(entry, names) {
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(entry[name])}`).join(',')}}`;
}

/** RFC 6962, part 2.1, by its definition. */
function merkleRoot(leaves, from = 0, to = leaves.length) {
  if (to === from) return sha256();
  if (to - from === 1) return sha256(Buffer.of(0), leaves[from]);
  const middle = from + 2 ** Math.floor(Math.log2(to - from - 1));
  return sha256(Buffer.of(1), merkleRoot(leaves, from, middle), merkleRoot(leaves, middle, to));
}

function judgeLine(line, ledger) {
  const where = `entry ${ledger.hashes.length + 1}`;
  let entry;
  try {
    entry = JSON.parse(line);
  } catch {
    throw new Tampered(`${where}: not JSON`);
  }
  if (entry === null || typeof entry !== 'object' || canonical(entry, FIELDS) !== line) throw new Tampered(`${where}: not canonical`);
  if (entry.position !== ledger.hashes.length + 1) throw new Tampered(`${where}: calls itself ${entry.position}`);
  if (entry.previous !== ledger.previous) throw new Tampered(`${where}: does not follow the entry before`);
  const hash = sha256('allclear/v1 entry\n', canonical(entry, HEADER));
  if (hash.toString('hex') !== entry.hash) throw new Tampered(`${where}: hash does not fit`);
  judgePayload(entry, where, ledger);
  const version = (ledger.versions.get(entry.stream) ?? 0) + 1;
  if (entry.version !== version) throw new Tampered(`${where}: version ${entry.version} of ${entry.stream}, expected ${version}`);
  ledger.versions.set(entry.stream, version);
  ledger.previous = entry.hash;
  ledger.hashes.push(hash);
}

function judgePayload(entry, where, ledger) {
  if (entry.salt === null && entry.data === null) {
    ledger.erased.add(entry.position);
    return;
  }
  if (entry.salt === null || entry.data === null) throw new Tampered(`${where}: half a payload`);
  const digest = sha256('allclear/v1 data\n', entry.salt, '\n', entry.data).toString('hex');
  if (digest !== entry.digest) throw new Tampered(`${where}: payload does not fit`);
  if (entry.type === 'entry.redacted') ledger.erased.delete(JSON.parse(entry.data).position);
}

/** Opens a signed note (https://c2sp.org/signed-note) holding a checkpoint (https://c2sp.org/tlog-checkpoint). */
function readCheckpoint(note, keyText) {
  const [name, id, ...base64] = keyText.split('+');
  const key = Buffer.from(base64.join('+'), 'base64');
  if (key.length !== 33 || key[0] !== 1) throw new Error('no Ed25519 key');
  if (sha256(`${name}\n`, key).subarray(0, 4).toString('hex') !== id) throw new Error('the key does not fit its id');
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.subarray(1)]), format: 'der', type: 'spki' });
  for (const line of note.slice(split + 2).split('\n')) {
    const [dash, signer, signature] = line.split(' ');
    const bytes = Buffer.from(signature ?? '', 'base64');
    if (dash !== '\u2014' || signer !== name || bytes.subarray(0, 4).toString('hex') !== id) continue;
    if (!verify(null, Buffer.from(text), publicKey, bytes.subarray(4))) throw new Tampered('checkpoint: the signature does not fit');
    const [origin, size, root] = text.split('\n');
    if (origin !== name) throw new Tampered('checkpoint: of another ledger');
    return { size: Number(size), root };
  }
  throw new Tampered('checkpoint: not signed by this key');
}

function judgeCheckpoint(checkpoint, ledger) {
  const { size, root } = checkpoint;
  if (ledger.hashes.length < size) throw new Tampered(`entry ${ledger.hashes.length + 1}: cut off, the checkpoint covers ${size} entries`);
  if (merkleRoot(ledger.hashes.slice(0, size)).toString('base64') !== root) throw new Tampered(`checkpoint: not these ${size} entries`);
}

/** Lines end with a newline and nothing else: readline would also divide at U+2028, which may stand inside text. */
async function* linesOf(file) {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') throw new Tampered('the last line is cut off');
}

async function main([file, ...options]) {
  const option = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
  const [checkpointFile, key] = [option('--checkpoint'), option('--key')];
  if (file === undefined || (checkpointFile === undefined) !== (key === undefined)) {
    throw new Error('usage: export.jsonl [--checkpoint file --key verifier-key]');
  }
  const ledger = { hashes: [], previous: '0'.repeat(64), versions: new Map(), erased: new Set() };
  for await (const line of linesOf(file)) judgeLine(line, ledger);
  for (const position of ledger.erased) throw new Tampered(`entry ${position}: erased, and no later entry says so`);
  if (checkpointFile !== undefined) judgeCheckpoint(readCheckpoint(readFileSync(checkpointFile, 'utf8'), key), ledger);
  return `sound: ${ledger.hashes.length} entries, root ${merkleRoot(ledger.hashes).toString('base64')}`;
}

try {
  console.log(await main(process.argv.slice(2)));
} catch (error) {
  console.log(error.message);
  process.exitCode = error instanceof Tampered ? 1 : 2;
}
