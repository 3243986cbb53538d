import { z } from 'zod';
import { type EventOf, event, type Recorded } from '../kernel.ts';
import { IncidentNumber, Instant, Name, Url, Words } from '../shapes.ts';
import { BranchName, CommitId, FollowupKind, ItemNumber, RemarkKind, RepositoryPath } from './shapes.ts';

/** In every event: the incident, and the chat worlds its rooms are on. */
const about = { incident: IncidentNumber, platforms: z.array(Name) };

/** How each section of the postmortem is called in the timeline. */
const REMARK_NAMES: Readonly<Record<RemarkKind, string>> = {
  factor: 'Contributing factor',
  well: 'Went well',
  badly: 'Went badly',
  lucky: 'Got lucky',
  impact: 'Impact',
  summary: 'Summary',
};

export const followupEvents = {
  'followup.added': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      item: ItemNumber,
      text: Words,
      owner: Name.nullable(),
      dueAt: Instant.nullable(),
      kind: FollowupKind,
    }),
    say: (data) => `Action item ${data.item} (${data.kind})${data.owner === null ? '' : ` for <@${data.owner}>`}: ${oneLine(data.text)}`,
  }),
  'followup.completed': event({
    schema: 1,
    data: z.strictObject({ ...about, item: ItemNumber, text: Words }),
    say: (data) => `Action item ${data.item} is done: ${oneLine(data.text)}`,
  }),
  'followup.remarked': event({
    schema: 1,
    data: z.strictObject({ ...about, kind: RemarkKind, text: Words }),
    say: (data) => `${REMARK_NAMES[data.kind]}: ${oneLine(data.text)}`,
  }),
  'followup.publish-requested': event({
    schema: 1,
    data: z.strictObject(about),
    say: () => 'The postmortem is being written',
  }),
  'followup.published': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      /** Where people read it; null where a forge has no pages (local git). */
      url: Url.nullable(),
      branch: BranchName,
      path: RepositoryPath,
      commit: CommitId,
      forge: Name,
      /** False when the forge already had exactly this text. */
      changed: z.boolean(),
    }),
    say: (data) => `Postmortem ${data.changed ? 'published' : 'unchanged'}: ${data.url ?? `${data.path} on branch ${data.branch}`}`,
  }),
  'followup.publish-failed': event({
    schema: 1,
    data: z.strictObject({ ...about, reason: Name, detail: Words }),
    say: (data) => `The postmortem could not be published: ${oneLine(data.detail)}`,
  }),
};
export type FollowupEvent = EventOf<typeof followupEvents>;
export type FollowupEventOf<T extends FollowupEvent['type']> = Extract<FollowupEvent, { type: T }>;
export type RecordedFollowup<T extends FollowupEvent['type']> = Recorded<FollowupEventOf<T>>;

/** A timeline line is one line. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
