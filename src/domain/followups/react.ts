import { type Effect, personOf, type Recorded } from '../kernel.ts';
import type { FollowupEvent, RecordedFollowup } from './events.ts';

export function reactFollowups(event: Recorded<FollowupEvent>): readonly Effect[] {
  const { incident, platforms } = event.data;
  const cards = platforms.map((platform): Effect => ({ kind: 'room.keep', platform, incident }));
  switch (event.type) {
    case 'followup.added':
      return [...cards, ...told(event)];
    case 'followup.completed':
    case 'followup.remarked':
      return cards;
    case 'followup.publish-requested':
      return [{ kind: 'postmortem.publish', incident }];
    case 'followup.published':
      return [...cards, ...said(event, 'postmortem-published')];
    case 'followup.publish-failed':
      return said(event, 'postmortem-failed');
  }
}

function said(event: Recorded<FollowupEvent>, message: string): readonly Effect[] {
  const { incident, platforms } = event.data;
  return platforms.map((platform) => ({ kind: 'room.say', platform, incident, message }));
}

/** Who is given work by somebody else hears of it. */
function told(event: RecordedFollowup<'followup.added'>): readonly Effect[] {
  const { owner, incident, platforms } = event.data;
  if (owner === null || owner === personOf(event.actor)) return [];
  return platforms.map((platform) => ({ kind: 'direct.say', platform, person: owner, incident, message: 'followup-assigned' }));
}
