import type { Document } from '../../readings/document.ts';

/** What stands in a room or an inbox, oldest first as people read it. */
export interface ConsoleMessage {
  /** Names the message for pins; never changes. */
  readonly id: string;
  /** `say`: Allclear said it. `words`: a person typed it. `joined`: `author` was invited. `direct`: to one person only. */
  readonly kind: 'say' | 'words' | 'joined' | 'direct';
  /** A person of the catalog, or `allclear`. */
  readonly author: string;
  /** Milliseconds since 1970; no two messages of a room share one. */
  readonly at: number;
  readonly document: Document;
}

/** What a room shows above its messages: always the newest. */
export interface ConsoleCard {
  readonly topic: string;
  readonly card: Document;
  readonly digest: Document;
}

/** The room of an incident. */
export function roomOf(incident: number): string {
  return `inc-${incident}`;
}
/** The incident whose room this is, or null. */
export function incidentOfRoom(room: string): number | null {
  const number = /^inc-(\d{1,15})$/.exec(room)?.[1];
  return number === undefined ? null : Number(number);
}
/** Where direct messages to a person are kept; no room is named like this. */
export function inboxOf(person: string): string {
  return `@${person}`;
}
