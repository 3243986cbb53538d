import { z } from 'zod';
import { type ActOf, act } from '../kernel.ts';
import { IncidentNumber, Instant, Name, Url, Words } from '../shapes.ts';
import { BranchName, CommitId, FollowupKind, ItemNumber, RemarkKind, RepositoryPath } from './shapes.ts';

const stream = (asked: { incident: number }): string => `followup/${asked.incident}`;
/** Whether it may be followed up, and where its rooms are, the incident knows. */
const reads = (asked: { incident: number }): readonly string[] => [`incident/${asked.incident}`];

export const followupActs = {
  'followup.add': act({
    permission: 'responder',
    data: z.strictObject({
      incident: IncidentNumber,
      text: Words,
      owner: Name.nullable(),
      dueAt: Instant.nullable(),
      kind: FollowupKind,
    }),
    stream,
    reads,
  }),
  'followup.done': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber, item: ItemNumber }), stream, reads }),
  'followup.remark': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, kind: RemarkKind, text: Words }),
    stream,
    reads,
  }),
  'followup.publish': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber }), stream, reads }),
  /** A forge has it. */
  'followup.published': act({
    permission: 'internal',
    data: z.strictObject({
      incident: IncidentNumber,
      url: Url.nullable(),
      branch: BranchName,
      path: RepositoryPath,
      commit: CommitId,
      forge: Name,
    }),
    stream,
    reads,
  }),
  /** The forge will never take it, or was tried too often. */
  'followup.publish-failed': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, reason: Name, detail: Words }),
    stream,
    reads,
  }),
};
export type FollowupAct = ActOf<typeof followupActs>;
export type FollowupActOf<T extends FollowupAct['type']> = Extract<FollowupAct, { type: T }>;
