import { z } from 'zod';
import { type ActOf, act, type Domain, type EventOf, event, refuse } from '../kernel.ts';
import { Name, Words } from '../shapes.ts';

/** Stream `records/access`: what was asked without permission. */
const ACCESS = 'records/access';
/** Stream `records/redactions`: whose payload was removed from the ledger. */
const REDACTIONS = 'records/redactions';

const recordEvents = {
  'access.denied': event({
    schema: 1,
    data: z.strictObject({ asker: Name, act: Name, needs: Name, stream: Name }),
    say: (data) => `${data.asker} was denied ${data.act}`,
  }),
  /** The store erases the payload in the same transaction; the chain stays whole. */
  'entry.redacted': event({
    schema: 1,
    data: z.strictObject({
      position: z.int().positive(),
      /** Stream of the redacted entry, whose snapshot is folded anew. */
      stream: Name,
      /** What stands in when that stream is folded: the same shape without anybody's words. */
      substitute: z.record(z.string(), z.json()),
      reason: Words,
    }),
    say: (data) => `Entry ${data.position} was redacted: ${data.reason}`,
  }),
};
type RecordEvent = EventOf<typeof recordEvents>;

const recordActs = {
  'access.deny': act({
    permission: 'internal',
    data: z.strictObject({ asker: Name, act: Name, needs: Name, stream: Name }),
    stream: () => ACCESS,
  }),
  'entry.redact': act({
    permission: 'admin',
    data: z.strictObject({ position: z.int().positive(), reason: Words }),
    stream: () => REDACTIONS,
    entry: (asked) => asked.position,
  }),
};
type RecordAct = ActOf<typeof recordActs>;

/** Longer text, or text with spaces, was written by somebody; shorter is a name the fold needs. */
const NAME_CHARS = 40;

/** The same data with everything people wrote taken out. Exported for the tests of what survives. */
export function withoutWords(data: unknown): unknown {
  if (typeof data === 'string') return data.length > NAME_CHARS || /\s/.test(data) ? '[redacted]' : data;
  if (Array.isArray(data)) return data.map(withoutWords);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, PROSE.has(key) && typeof value === 'string' ? '[redacted]' : withoutWords(value)]),
  );
}
/** Fields that are always somebody's words, however short. */
const PROSE: ReadonlySet<string> = new Set(['title', 'text', 'reason', 'summary', 'description', 'briefing', 'note', 'detail', 'url']);

/** What the bot keeps about itself: denials and redactions. No state, only facts. */
export const recordDomain: Domain<null, RecordEvent, RecordAct> = {
  kind: 'records',
  fold: 1,
  events: recordEvents,
  acts: recordActs,
  refusals: {
    not_permitted: ({ act: asked, needs, rank }) =>
      `${asked} needs the rank ${needs}; you have ${rank}. Ask somebody who has it. This was recorded.`,
    not_known: ({ user }) => `I do not know who ${user} is. Ask an admin to add you to allclear.yaml; anybody there can act for you now.`,
    malformed: ({ problem }) => `That cannot be read: ${problem}. Try \`/inc help\`.`,
    nothing_to_redact: ({ position }) => `There is no entry ${position} in the ledger, so nothing was removed.`,
    system_entry: ({ position }) => `Entry ${position} is part of the ledger's own record and cannot be redacted.`,
  },
  initial: () => null,
  evolve: () => null,
  decide(_state, asked, context) {
    if (asked.type === 'access.deny') {
      const { type: _type, ...data } = asked;
      return [{ type: 'access.denied', data }];
    }
    const position = String(asked.position);
    const entry = context.entry ?? null;
    if (entry === null) return refuse('nothing_to_redact', { position });
    if (entry.stream.startsWith('records/')) return refuse('system_entry', { position });
    const substitute = withoutWords(entry.data) as Record<string, never>;
    return [{ type: 'entry.redacted', data: { position: asked.position, stream: entry.stream, substitute, reason: asked.reason } }];
  },
  react: () => [],
  summary: () => ({ open: false, incident: null }),
};
