import { z } from 'zod';
import type { SwitchDefinition } from '../../domain/catalog.ts';
import { MINUTE_MS } from '../../kit/duration.ts';
import { duration, Id, Label, Prose, section } from '../forms.ts';
import type { Complaint, Path } from '../problem.ts';
import { type Named, type Names, repeats, unknownNames, unknownPersonOrTeam } from '../references.ts';

const LIST_MAX = 100;
/** More levels than this nobody can tell apart under pressure. */
const LEVELS_MAX = 10;
/** Two people besides the asker is already four-eyes twice over; more cannot be found at night. */
const APPROVALS_MAX = 5;

const WritePathEntry = section({
  name: Label,
  behaviour: z
    .enum(['block', 'buffer', 'allow'])
    .describe('What read-only does to these writes: refuse them, keep them for later, or let them pass.'),
});

export const SwitchEntry = section({
  name: Label,
  kind: z.enum(['kill', 'read-only', 'brownout']),
  description: Prose.describe('What customers notice when it is on.'),
  owner: Id.optional().describe('A team or a person.'),
  levels: z.int().min(1).max(LEVELS_MAX).optional().describe('Only for a brownout: its highest level.'),
  approvers: z.array(Id).max(LIST_MAX).prefault([]).describe('People or teams; empty means everybody of commander rank or above.'),
  approvals: z.int().min(0).max(APPROVALS_MAX).prefault(1).describe('How many besides the asker must approve turning it on.'),
  approvalsOff: z.int().min(0).max(APPROVALS_MAX).prefault(1).describe('The same for turning it off.'),
  requestExpires: duration(MINUTE_MS).prefault('15m').describe('A request nobody approved dies after this.'),
  expires: duration(MINUTE_MS).prefault('2h').describe('Turned back by itself after this, unless extended.'),
  warn: duration(MINUTE_MS).prefault('10m').describe('Warn this long before it is turned back by itself.'),
  review: duration(MINUTE_MS).prefault('1h').describe('After a break-glass flip a second person must have reviewed it within this.'),
  conflicts: z.array(Id).max(LIST_MAX).prefault([]).describe('Switches that may not be on at the same time.'),
  writePaths: z
    .array(WritePathEntry)
    .max(LIST_MAX)
    .prefault([])
    .describe('Only for read-only: each way data is written, and what becomes of it.'),
});
export type SwitchEntry = z.infer<typeof SwitchEntry>;

export function switchDefinition(id: string, entry: SwitchEntry): SwitchDefinition {
  const { name, kind, description, approvers, approvals, approvalsOff, conflicts, writePaths } = entry;
  return {
    id,
    name,
    kind,
    description,
    owner: entry.owner ?? null,
    levels: entry.levels ?? 1,
    approvers,
    approvals,
    approvalsOff,
    requestExpiresMs: entry.requestExpires,
    expiresMs: entry.expires,
    warnMs: entry.warn,
    reviewMs: entry.review,
    conflicts,
    writePaths,
  };
}

export function switchesComplaints(switches: readonly Named<SwitchEntry>[], names: Names): readonly Complaint[] {
  const conflictsOf = new Map(switches.map(({ id, entry }) => [id, entry.conflicts]));
  return switches.flatMap(({ id, path, entry }) => [
    ...unknownPersonOrTeam(names, entry.owner ?? null, [...path, 'owner']),
    ...entry.approvers.flatMap((approver, index) => unknownPersonOrTeam(names, approver, [...path, 'approvers', index])),
    ...repeats(entry.approvers, [...path, 'approvers']),
    ...unknownNames(names, 'switches', entry.conflicts, [...path, 'conflicts']),
    ...entry.conflicts.flatMap((other, index) => oneSided(id, other, conflictsOf.get(other), [...path, 'conflicts', index])),
    ...ownComplaints(entry, path),
  ]);
}

/** Both sides name the conflict, so that who reads either knows it. */
function oneSided(id: string, other: string, othersConflicts: readonly string[] | undefined, path: Path): readonly Complaint[] {
  if (other === id) return [{ path, sentence: 'A switch does not conflict with itself.' }];
  if (othersConflicts === undefined || othersConflicts.includes(id)) return [];
  return [{ path, sentence: `\`${other}\` does not name \`${id}\` among its conflicts; add it there, so that both sides say so.` }];
}

function ownComplaints(entry: SwitchEntry, path: Path): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (key: keyof SwitchEntry, sentence: string): number => complaints.push({ path: [...path, key], sentence, atKey: true });
  if (entry.kind === 'brownout' && entry.levels === undefined)
    complain('levels', 'A brownout needs `levels`: how many steps of less it knows.');
  if (entry.kind !== 'brownout' && entry.levels !== undefined)
    complain('levels', `Only a brownout has levels; a ${entry.kind} switch is on or off.`);
  if (entry.kind !== 'read-only' && entry.writePaths.length > 0) complain('writePaths', 'Only a read-only switch has write paths.');
  if (entry.warn >= entry.expires)
    complain('warn', 'The warning must come before the switch is turned back: make `warn` shorter than `expires`.');
  return complaints;
}
