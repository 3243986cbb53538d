import { z } from 'zod';
import { NAME_CHARS_MAX } from '../limits.ts';

/** What an action item is good for (Google SRE workbook, chapter 10: prevent, detect, mitigate; process is ours). */
export const FollowupKind = z.enum(['prevent', 'detect', 'mitigate', 'process']);
export type FollowupKind = z.infer<typeof FollowupKind>;

/** Sections of the postmortem that people write: contributing factors, what went well, badly, by luck, impact, summary. */
export const RemarkKind = z.enum(['factor', 'well', 'badly', 'lucky', 'impact', 'summary']);
export type RemarkKind = z.infer<typeof RemarkKind>;

/** An incident whose list is longer is not being followed up but archived. */
export const ITEMS_MAX = 100;
export const REMARKS_MAX = 200;
/** Git refuses nothing of the length, people do. */
const PATH_CHARS_MAX = 255;

export const ItemNumber = z.int().positive().max(ITEMS_MAX);
/** Path inside the repository. */
export const RepositoryPath = z.string().min(1).max(PATH_CHARS_MAX);
/** Object id of git, SHA-1 or SHA-256. */
export const CommitId = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
export const BranchName = z.string().min(1).max(NAME_CHARS_MAX);
