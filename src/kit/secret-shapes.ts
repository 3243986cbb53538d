/** A stretch of text that must not be kept: `start` inclusive, `end` exclusive. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  /** What it looks like, in words for the reader: `slack token`. */
  readonly kind: string;
}

interface SecretShape {
  readonly kind: string;
  /**
   * Runs in linear time: every repetition is bounded or begins only where its own characters do not go on to the left, and no
   * repetition holds another that can match the same text. The group `secret`, where there is one, is what is hidden.
   */
  readonly pattern: RegExp;
  /** Says no to matches that only look like it. */
  readonly only?: (secret: string) => boolean;
}

/** Prefixes are those their makers publish for secret scanners (GitHub's "supported secret scanning patterns" lists most). */
const SHAPES: readonly SecretShape[] = [
  { kind: 'slack token', pattern: /(?<![A-Za-z0-9])(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8,}/g },
  { kind: 'github token', pattern: /(?<![A-Za-z0-9])(?:gh[oprsu]_[A-Za-z0-9]{16,}|github_pat_\w{20,})/g },
  { kind: 'gitlab token', pattern: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[\w.-]{16,}/g },
  { kind: 'aws key', pattern: /(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g },
  { kind: 'api key', pattern: /(?<![A-Za-z0-9])sk-[\w-]{16,}/g },
  { kind: 'stripe key', pattern: /(?<![A-Za-z0-9])(?:(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,})/g },
  { kind: 'google key', pattern: /(?<![A-Za-z0-9])(?:AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})/g },
  { kind: 'npm token', pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{20,}/g },
  { kind: 'twilio key', pattern: /(?<![A-Za-z0-9])SK[a-f0-9]{32}(?![a-f0-9])/g },
  { kind: 'telegram token', pattern: /(?<!\d)\d{8,10}:AA[\w-]{33}/g },
  // A bot's token begins with its id, a number in base64: the digits 1 to 9 become M, N or O.
  { kind: 'discord token', pattern: /(?<![\w-])[MNO][\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,40}(?![\w-])/g },
  {
    kind: 'api key',
    pattern:
      /(?<![A-Za-z0-9])(?:pypi-[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|hf_[A-Za-z0-9]{20,}|do[opr]_v1_[a-f0-9]{32,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|hv[sbr]\.[\w-]{20,}|tskey-[\w-]{16,}|dapi[a-f0-9]{32}|lin_api_\w{20,}|glsa_\w{20,}|AGE-SECRET-KEY-1[A-Z0-9]{40,})/g,
  },
  // `eyJ` is base64 for `{"`; three parts are a signed token, five an encrypted one (RFC 7515, RFC 7516).
  { kind: 'json web token', pattern: /(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]*){1,4}/g },
  { kind: 'webhook address', pattern: /https:\/\/hooks\.slack\.com\/(?<secret>[^\s"'<>)\]]{10,})/dg },
  { kind: 'webhook address', pattern: /discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(?<secret>\d{1,20}\/[\w-]{10,})/dg },
  { kind: 'webhook address', pattern: /\.webhook\.office\.com\/(?<secret>[^\s"'<>)\]]{10,})/dg },
  {
    kind: 'authorization',
    pattern:
      /(?<![a-z])authorization\\{0,3}["']?[ \t]{0,3}[:=][ \t]{0,3}\\{0,3}["']?(?<secret>(?:basic|bearer|token|negotiate|ntlm|apikey|api-key|key|dpop|splunk|genie[a-z]{0,3})[ \t]{1,3}[^\s"'\\]{3,})/dgi,
  },
  // These schemes go on with fields, quotes among them: everything to the end of the line.
  {
    kind: 'authorization',
    pattern:
      /(?<![a-z])authorization\\{0,3}["']?[ \t]{0,3}[:=][ \t]{0,3}\\{0,3}["']?(?<secret>(?:digest|hawk|oauth|aws4-hmac-sha256)[ \t][^\n]{3,})/dgi,
  },
  {
    kind: 'authorization',
    pattern: /(?<![a-z])authorization\\{0,3}["']?[ \t]{0,3}[:=][ \t]{0,3}\\{0,3}["']?(?<secret>[^\s"'\\]{8,})/dgi,
    only: (secret) => !isProse(secret),
  },
  { kind: 'authorization', pattern: /(?<![a-z])bearer[ \t]{1,3}(?<secret>[\w.~+/=-]{8,})/dgi, only: (secret) => !isProse(secret) },
  {
    kind: 'authorization',
    pattern: /(?<![a-z])basic[ \t]{1,3}(?<secret>[A-Za-z0-9+/]{6,}={0,2})(?![A-Za-z0-9+/=])/dgi,
    only: isBasicCredential,
  },
  {
    kind: 'cookie',
    pattern: /(?<![a-z-])(?:set-)?cookie\\{0,3}["']?[ \t]{0,3}:[ \t]{0,3}\\{0,3}["']?(?<secret>[^\s=;"']{1,80}=[^\n"'\\]{4,})/dgi,
  },
  // The password of a URL may hold an @ though it should not: the last one before the path ends it.
  { kind: 'password', pattern: /:\/\/[^\s:@/?#"'<>`]{0,128}:(?<secret>[^\s/?#"'<>`]{1,512})@/dg },
  { kind: 'token', pattern: /:\/\/(?<secret>[\w-]{20,256})@/dg },
  { kind: 'password', pattern: /(?<![\w-])(?:-u|--user)[ \t=]{1,3}["']?[^\s:"']{1,64}:(?<secret>[^\s"']{1,256})/dg },
];

/** Everything in `text` that has the shape of a known kind of secret. */
export function findShapes(text: string): readonly Finding[] {
  return SHAPES.flatMap(({ kind, pattern, only }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [start, end] = match.indices?.groups?.['secret'] ?? [match.index, match.index + match[0].length];
      return only === undefined || only(text.slice(start, end)) ? [{ start, end, kind }] : [];
    }),
  );
}

/** True for what people write after "bearer" or "password:": `token`, `Certificate`, `rate-limiting`, `JWT`. */
export function isProse(text: string): boolean {
  return /^(?:[A-Za-z]?[a-z]*(?:[-'’/][a-z]+)*|[A-Z]+)[.,;:!?)]*$/.test(text);
}

/** Basic credentials are the base64 of `user:password` (RFC 7617); "basic authentication" is not. */
function isBasicCredential(text: string): boolean {
  return Buffer.from(text, 'base64').toString('latin1').includes(':') && !isProse(text);
}

const PEM_BEGIN = '-----BEGIN ';
const PEM_END = '-----END ';
/** The longest key in use, RSA 16384 with its headers, is under 13,000 characters. */
const PEM_CHARS_MAX = 16_384;
const PEM_LABEL_CHARS_MAX = 64;

/** PEM blocks (RFC 7468), also with `\n` written out, and those whose end was cut off: then as long as lines look like base64. */
export function findPemBlocks(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  let mark = -1;
  for (let start = text.indexOf(PEM_BEGIN); start >= 0; ) {
    if (mark >= 0 && mark < start) mark = -1;
    if (mark < 0) mark = text.indexOf(PEM_END, start);
    // A missing end is missing for all that follow: looked for once.
    if (mark < 0) mark = text.length + PEM_CHARS_MAX;
    const end = mark - start > PEM_CHARS_MAX ? openPemEnd(text, start) : closedPemEnd(text, mark);
    findings.push({ start, end, kind: 'pem block' });
    start = text.indexOf(PEM_BEGIN, end);
  }
  return findings;
}

function closedPemEnd(text: string, mark: number): number {
  const line = text.slice(mark, mark + PEM_END.length + PEM_LABEL_CHARS_MAX);
  const dashes = line.indexOf('-----', PEM_END.length);
  return dashes < 0 ? mark + PEM_END.length : mark + dashes + '-----'.length;
}

function openPemEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + PEM_CHARS_MAX);
  let end = endOfLine(text, start);
  while (end < limit) {
    const next = endOfLine(text, end + 1);
    if (!/^(?:[\w+/=\\-]*\r?|(?:Proc-Type|DEK-Info|Version|Comment): .*)$/.test(text.slice(end + 1, next))) break;
    end = next;
  }
  return end;
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}
