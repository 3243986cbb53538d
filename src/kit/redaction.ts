import { findAssignments } from './secret-assignments.ts';
import { findRandom } from './secret-entropy.ts';
import { type Finding, findPemBlocks, findShapes } from './secret-shapes.ts';

/** Patterns see at most this much at once, so that none can take long whatever it is given. */
const WINDOW_CHARS = 16_384;
/** Windows overlap by this, so that what lies across an edge is seen whole. Longer secrets are still hidden, in two findings. */
const OVERLAP_CHARS = 2_048;
const MARK_CHARS_MAX = 44;

/**
 * What every secret has at least one of: a long run of letters and digits, or a word or sign of those the patterns begin
 * with. Most of what people write has none, and this is asked a hundred times quicker than all the patterns.
 */
const SUSPICIOUS = /[\w.:+/-]{13}|eyJ|:\/\/|-u|-----|bearer|basic|cookie|pass|kennwort|pw|psk|secret|token|key|credential|sig|dsn|session/i;

/** What stands beside a mark can look different from what stood beside the secret, so the result is looked at again, this often. */
const ROUNDS_MAX = 4;

/**
 * The text with everything that looks like a secret replaced by `[redacted: kind]`; the rest is unchanged to the letter. Asked again, it
 * changes nothing. Finds known token shapes, PEM blocks, values of names like `password`, credentials in URLs and headers, and runs of 32
 * or more random characters. It errs on the side of hiding: what it must leave alone is listed in its tests.
 */
export function redact(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  let redacted = text;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const findings = findSecrets(redacted);
    if (findings.length === 0) break;
    redacted = hide(redacted, findings);
  }
  return redacted;
}

function hide(text: string, findings: readonly Finding[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, kind } of findings) {
    parts.push(text.slice(from, start), `[redacted: ${kind}]`);
    from = end;
  }
  return parts.join('') + text.slice(from);
}

/** What is to be hidden: in order, without overlaps. */
function findSecrets(text: string): readonly Finding[] {
  const findings = [...findPemBlocks(text)];
  for (let start = 0; start < text.length; start += WINDOW_CHARS - OVERLAP_CHARS) {
    const window = text.slice(start, start + WINDOW_CHARS);
    for (const found of [...findShapes(window), ...findAssignments(window), ...findRandom(window)]) {
      findings.push({ start: start + found.start, end: start + found.end, kind: found.kind });
    }
    if (start + WINDOW_CHARS >= text.length) break;
  }
  return merge(findings.filter((finding) => !isMark(text, finding)));
}

/** Whether the finding lies within a mark an earlier redaction left. */
function isMark(text: string, { start, end }: Finding): boolean {
  const from = Math.max(0, start - MARK_CHARS_MAX);
  const before = text.slice(from, start + 1).lastIndexOf('[');
  if (before < 0) return false;
  const mark = /^\[redacted: [a-z ]+\]/.exec(text.slice(from + before, from + before + MARK_CHARS_MAX));
  return mark !== null && from + before + mark[0].length >= end;
}

/** Where findings overlap, one stays: it covers them all and is called what the first one is, the longer if two begin together. */
function merge(findings: readonly Finding[]): readonly Finding[] {
  const merged: Finding[] = [];
  for (const finding of findings.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    const last = merged.at(-1);
    if (last === undefined || finding.start >= last.end) merged.push(finding);
    else if (finding.end > last.end) merged[merged.length - 1] = { ...last, end: finding.end };
  }
  return merged;
}
