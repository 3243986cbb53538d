import type { FollowupEvent } from '../domain/followups/events.ts';
import type { IncidentEvent } from '../domain/incidents/events.ts';
import type { Recorded } from '../domain/kernel.ts';
import type { PageEvent } from '../domain/paging/events.ts';
import type { SwitchEvent } from '../domain/switches/events.ts';

/** The events a postmortem understands beyond their timeline line. */
export type KnownEvent = IncidentEvent | PageEvent | SwitchEvent | FollowupEvent;
type RecordedOf<T extends KnownEvent['type']> = Recorded<Extract<KnownEvent, { type: T }>>;

/** Writing the postmortem is not part of the story: leaving it out makes publishing again find nothing new. */
const ABOUT_THE_POSTMORTEM: ReadonlySet<string> = new Set<KnownEvent['type']>([
  'followup.publish-requested',
  'followup.published',
  'followup.publish-failed',
]);

export function storyOf(events: readonly Recorded[]): readonly Recorded[] {
  return events.filter(({ type }) => !ABOUT_THE_POSTMORTEM.has(type));
}

/** Is it an event of this type? The ledger checked the data against the type's schema when it was written. */
export function isType<T extends KnownEvent['type']>(event: Recorded, ...types: readonly T[]): event is RecordedOf<T> {
  return (types as readonly string[]).includes(event.type);
}

/** All events of one type, in order. */
export function ofType<T extends KnownEvent['type']>(events: readonly Recorded[], type: T): readonly RecordedOf<T>[] {
  return events.filter((event): event is RecordedOf<T> => event.type === type);
}
