import { type Finding, isProse } from './secret-shapes.ts';

/** Names whose value is a secret. Short ones count only as a word of their own, so that "bypass" and "design" are left alone. */
const NAME =
  /(?<password>password|passwd|passphrase|passcode|passwort|kennwort|(?<![a-z])(?:pass|pwd|pw|psk)(?![a-z]))|secret|token|api[_-]?key|(?:access|private|signing|signature|encryption|account|auth|service|master|shared|license|session)[_-]?key|credentials?|(?<![a-z])(?:signature|sig|dsn|session[_-]?id|connection[_-]?string)(?![a-z])/gi;

/** What may follow the name: `s`, `_prod`, `Prod`, `2`. Bounded, so that a wall of letters is read once. */
const TAIL = /s?(?:[_-]\w[\w-]{0,24}|(?<=[a-z])[A-Z]\w{0,24}|\d{1,3})?(?![\w-])/y;
/** Tails that say the value is about the secret and not the secret: `token_type`, `password-file`, `secretName`. */
const ABOUT =
  /(?:count|length|len|limit|max|min|size|ttl|expir\w{0,6}|expires?_?(?:at|in)|age|reset|policy|name|type|url|uri|file|path|endpoint|status|state|version|rotat\w{0,4}|changed|required|hint|field|ref|arn|manager|store|usage|used|budget|bucket|rate|provider|scope|prefix)s?$/i;

/** Closing quote of the name, then what joins name and value. `bare` joins are common in prose as well. */
const JOIN =
  /\\{0,3}["'`]?(?:(?<firm>[ \t]{0,3}(?:={1,3}>?|:=)[ \t]{0,3}|>)|(?<bare>[ \t]{0,3}:[ \t]{0,3})|(?<prose>[ \t]{1,3}(?:is|was|ist|to)[ \t]{1,3}))/y;
const QUOTE = /\\{0,3}["'`]/y;
/** A comma or semicolon ends a value only when something else begins after it. */
const VALUE = /(?:[^\s"'`<>&,;]|[,;](?!\s|$|[\w.-]{1,40}\\{0,3}["']?[=:]))+/y;

/** What people and programs write where a secret would stand. */
const STAND_IN =
  /^(?:\[redacted.*|[*•.x_-]+|\$\{?[A-Z_][A-Z0-9_]*\}?|\$\(.*|\{\{.*|%[A-Z_]+%|<.*|null|none|nil|undefined|true|false|yes|no|on|off|empty|unset|missing|invalid|valid|expired|revoked|rotated|required|optional|wrong|correct|incorrect|ok|n\/a|changed|unknown|redacted|hidden|secret|password|token|string|str|bearer|basic)[.,;:!?)]*$/i;
const FILE_PATH = /^(?:\.{0,2}\/)[a-z][\w.-]*(?:\/[\w.-]+)+$/;
const URL_START = /^[a-z][a-z0-9+.-]{1,20}:\/\//;
/** Shorter values after a colon are words and numbers of ordinary sentences. */
const BARE_CHARS_MIN = 4;

/** Values given to names that mean a secret: `DB_PASSWORD=x`, `"token": "x"`, `--password x`, `<secret>x</secret>`, `the password is x1`. */
export function findAssignments(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(NAME)) {
    // A name inside a value that is hidden already: nothing to gain, and `password=password=…` would be read again and again.
    if (match.index < (findings.at(-1)?.end ?? 0)) continue;
    const finding = valueAfter(text, match.index, match[0], match.groups?.['password'] !== undefined);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

type Joint = 'firm' | 'bare' | 'prose' | 'flag';

function valueAfter(text: string, at: number, name: string, isPassword: boolean): Finding | null {
  const tail = matchAt(TAIL, text, at + name.length);
  if (tail === null || ABOUT.test(tail[0])) return null;
  const afterName = at + name.length + tail[0].length;
  const joint = jointAt(text, at, afterName);
  if (joint === null) return null;
  const quote = matchAt(QUOTE, text, joint.end)?.[0] ?? '';
  const start = joint.end + quote.length;
  const end = quote === '' ? start + (matchAt(VALUE, text, start)?.[0].length ?? 0) : closingQuote(text, start, quote);
  const value = text.slice(start, end);
  const plural = tail[0] === 's' || !isLongName(name);
  if (value === '' || isStandIn(value) || (plural && /^[\d.,%]+$/.test(value))) return null;
  if (!isMeant(value, joint.kind, quote !== '', isPassword && endsLine(text, end))) return null;
  return { start, end, kind: isPassword ? 'password' : 'secret' };
}

function jointAt(text: string, at: number, afterName: number): { kind: Joint; end: number } | null {
  const join = matchAt(JOIN, text, afterName);
  if (join !== null) {
    const kind = join.groups?.['firm'] === undefined ? (join.groups?.['bare'] === undefined ? 'prose' : 'bare') : 'firm';
    return { kind, end: afterName + join[0].length };
  }
  // `--db-password hunter2`: a flag and its value.
  const isFlag = /(?:^|\s)--?[\w-]{0,30}$/.test(text.slice(Math.max(0, at - 34), at));
  return isFlag && text[afterName] === ' ' ? { kind: 'flag', end: afterName + 1 } : null;
}

/** "pass=12 fail=3" counts; a long name with a number is a secret that is a number. */
function isLongName(name: string): boolean {
  return name.length > 4;
}

function isStandIn(value: string): boolean {
  return STAND_IN.test(value) || FILE_PATH.test(value) || URL_START.test(value);
}

/** Whether the value was meant as one: `=` and quotes say so by themselves, a colon or "is" only before what is no word. */
function isMeant(value: string, joint: Joint, quoted: boolean, alone: boolean): boolean {
  if (joint === 'firm' || joint === 'flag') return true;
  if (quoted) return joint === 'bare' || !isProse(value);
  if (value.length < BARE_CHARS_MIN) return false;
  return !isProse(value) || (joint === 'bare' && alone);
}

function endsLine(text: string, end: number): boolean {
  const next = text[end];
  return next === undefined || next === '\n' || next === '\r';
}

/** Index of the quote that closes what `quote` opened, else where the word ends. Quotes escaped one level deeper do not close. */
function closingQuote(text: string, start: number, quote: string): number {
  const mark = quote.slice(-1);
  const depth = quote.length - 1;
  for (let index = start; index < text.length && text[index] !== '\n'; index += 1) {
    if (text[index] !== mark) continue;
    const backslashes = /\\*$/.exec(text.slice(Math.max(start, index - 4), index))?.[0].length ?? 0;
    if (backslashes <= depth) return index - backslashes;
  }
  return start + (matchAt(VALUE, text, start)?.[0].length ?? 0);
}

function matchAt(sticky: RegExp, text: string, index: number): RegExpExecArray | null {
  sticky.lastIndex = index;
  return sticky.exec(text);
}
