import type { Attempt, Outcome, PageNotice, Pager } from '../engine/ports.ts';
import type { Document } from '../readings/document.ts';
import { withoutHeading } from './lead.ts';
import { oneLine } from './one-line.ts';

/** A direct message to a person of the catalog, on whatever platforms know them. */
export interface DirectMessages {
  /** Why no platform knows this person, or null. */
  unreachable(person: string): string | null;
  deliver(person: string, document: Document, attempt: Attempt): Promise<Outcome>;
}

/** Pages by direct message: the buttons of the notice work where it is read. */
export function chatPager(messages: DirectMessages): Pager {
  return {
    name: 'chat',
    unreachable: (person) => messages.unreachable(person.id),
    page: (notice, attempt) => messages.deliver(notice.person.id, withSubject(notice), attempt),
  };
}

/** The subject leads: it is what a locked phone shows. */
function withSubject(notice: PageNotice): Document {
  const subject = { kind: 'heading', text: [{ kind: 'plain', text: oneLine(notice.subject) }] } as const;
  return { blocks: [subject, ...withoutHeading(notice).blocks] };
}
