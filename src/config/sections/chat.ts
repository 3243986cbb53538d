import { z } from 'zod';
import type { ChatRules } from '../../domain/catalog.ts';
import { Id, section } from '../forms.ts';
import type { Complaint } from '../problem.ts';
import { type Named, type Names, record, repeats, unknownName } from '../references.ts';
import { RANKS } from './people.ts';

/** Slack's handles end at 21 characters, Discord's names of roles at 100 (discord.com/developers/docs/topics/permissions). */
const GROUP_CHARS_MAX = 100;
const GROUPS_MAX = 100;
/** Ids of Slack have 11 characters, of Discord at most 20 digits. */
const CHANNEL_CHARS_MAX = 40;

const Group = z.string().trim().min(1).max(GROUP_CHARS_MAX);
const Channel = z
  .string()
  .regex(/^[A-Z0-9]+$/, { error: 'Write the id of the channel in quotes, such as "C012AB3CD"; its name may change.' });

export const ChatEntry = section({
  ranks: z
    .record(Group, z.enum(RANKS))
    .prefault({})
    .describe('Group → rank that its members, if they are people of this file, have at least.'),
  announce: z.record(Id, Channel.max(CHANNEL_CHARS_MAX)).prefault({}).describe('Severity → channel in which incidents are announced.'),
  invite: z.array(Group).max(GROUPS_MAX).prefault([]).describe('Groups invited into every room.'),
  onCall: z.record(Id, Group).prefault({}).describe('Schedule → group whose only members are those on call.'),
});
export type ChatEntry = z.infer<typeof ChatEntry>;

export function chatRules(_platform: string, { ranks, announce, invite, onCall }: ChatEntry): ChatRules {
  const same = <T>(values: Readonly<Record<string, T>>) => record(values, (_, value) => value);
  return { ranks: same(ranks), announce: same(announce), invite, onCall: same(onCall) };
}

export function chatComplaints(chat: readonly Named<ChatEntry>[], names: Names): readonly Complaint[] {
  return chat.flatMap(({ id, path, entry }) => [
    ...unknownName(names, 'knownPlatforms', id, path),
    ...Object.keys(entry.announce).flatMap((severity) => unknownName(names, 'severities', severity, [...path, 'announce', severity])),
    ...Object.keys(entry.onCall).flatMap((schedule) => unknownName(names, 'schedules', schedule, [...path, 'onCall', schedule])),
    ...repeats(entry.invite, [...path, 'invite']),
    ...sharedGroups(entry, path),
  ]);
}

/** Two schedules that keep one group undo each other's work. */
function sharedGroups({ onCall }: ChatEntry, path: Named<ChatEntry>['path']): readonly Complaint[] {
  const groups = Object.values(onCall);
  return Object.entries(onCall).flatMap(([schedule, group], index) =>
    groups.indexOf(group) === index
      ? []
      : [{ path: [...path, 'onCall', schedule], sentence: `\`${group}\` already follows another schedule; two would undo each other.` }],
  );
}
