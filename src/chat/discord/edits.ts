import type { z } from 'zod';
import type { Notes } from '../notes.ts';
import type { Dispatch } from './deliveries.ts';
import { Edit } from './payloads.ts';

const EDITS: ReadonlySet<string> = new Set(['MESSAGE_UPDATE', 'MESSAGE_DELETE', 'MESSAGE_DELETE_BULK']);

export function isEdit({ type }: Pick<Dispatch, 'type'>): boolean {
  return EDITS.has(type);
}

/** Under which a message in a timeline is noted. */
export const pinNote = (channel: string, message: string): string => `pin/${channel}/${message}`;

/** Whether one of the messages is in a timeline. */
export async function concernsPin(notes: Pick<Notes, 'get'>, data: unknown): Promise<boolean> {
  const read = Edit.safeParse(data);
  if (!read.success) return false;
  for (const id of messagesOf(read.data)) if ((await notes.get(pinNote(read.data.channel_id, id))) !== null) return true;
  return false;
}

/** The messages that were edited or deleted. */
export function messagesOf({ id, ids = [] }: z.infer<typeof Edit>): readonly string[] {
  return id === undefined ? ids : [id];
}
