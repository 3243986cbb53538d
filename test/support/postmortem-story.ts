import type { FollowupEvent } from '../../src/domain/followups/events.ts';
import { evolveFollowups, initialFollowups } from '../../src/domain/followups/state.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import { evolveIncident, initialIncident } from '../../src/domain/incidents/state.ts';
import type { Actor, Recorded } from '../../src/domain/kernel.ts';
import type { RunEvent } from '../../src/domain/runbooks/events.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import type { KnownEvent } from '../../src/readings/postmortem-events.ts';
import type { PostmortemInput } from '../../src/readings/postmortem-model.ts';
import { exampleCatalog } from './catalog.ts';
import { declaredEvent } from './incident-past.ts';

export type StoryEvent = (KnownEvent | RunEvent) & { readonly atMinute: number; readonly by?: Actor };

/** The trouble of every story began then. */
export const TROUBLE_AT = Date.parse('2026-03-02T02:55:00Z');

/** The hash the story's ledger has at a position: 64 hexadecimal digits that look like one. */
export function hashAt(position: number): string {
  return position.toString(16).padStart(4, '0').repeat(16);
}

/** What a postmortem of incident 42 is written from, told in minutes since the trouble began. */
export function postmortemInput(story: readonly StoryEvent[]): PostmortemInput {
  const events = story.map(recorded);
  const incident = events
    .filter(({ type }) => type.startsWith('incident.'))
    .reduce((state, event) => evolveIncident(state, event as Recorded<IncidentEvent>), initialIncident('incident/42'));
  const followups = events
    .filter(({ type }) => type.startsWith('followup.'))
    .reduce((state, event) => evolveFollowups(state, event as Recorded<FollowupEvent>), initialFollowups('followup/42'));
  const entries = events.map(({ position }) => ({ position, hash: hashAt(position) }));
  return { incident, followups, entries, events, catalog: exampleCatalog };
}

/** Positions have gaps, as an incident's do in a ledger of many: 10, 20, 30 … */
function recorded({ atMinute, by, ...event }: StoryEvent, index: number): Recorded {
  const stream = `${event.type.slice(0, event.type.indexOf('.'))}/42`;
  return {
    ...event,
    position: (index + 1) * 10,
    stream,
    version: index + 1,
    at: TROUBLE_AT + atMinute * MINUTE_MS,
    actor: by ?? 'allclear',
  };
}

export function declared(atMinute: number, data: Parameters<typeof declaredEvent>[0] = {}): StoryEvent {
  return { atMinute, by: 'person:ana', ...declaredEvent({ switches: [], startedAt: TROUBLE_AT, updateEveryMs: null, ...data }) };
}

export function status(atMinute: number, from: 'investigating' | 'mitigated', to: 'mitigated' | 'investigating'): StoryEvent {
  return { atMinute, by: 'person:bo', type: 'incident.status-changed', data: { from, to, reason: null } };
}
export function note(atMinute: number, text: string): StoryEvent {
  return { atMinute, by: 'person:cy', type: 'incident.noted', data: { text } };
}
export function resolved(atMinute: number): StoryEvent {
  return { atMinute, by: 'person:bo', type: 'incident.resolved', data: { summary: null, switchesOn: [] } };
}
export function pageStarted(atMinute: number, page = '42-1'): StoryEvent {
  const ladder = { policy: 'payments', levels: [], repeats: 0, rePageMs: null, platforms: ['console'] };
  return { atMinute, type: 'page.started', data: { page, incident: 42, reason: 'Checkout is down', urgency: 'high', ...ladder } };
}
export function levelReached(atMinute: number, level: number, person: string): StoryEvent {
  const people = [{ person, notifications: [{ id: `${level}-1`, pager: 'email', afterMs: 0 }] }];
  return { atMinute, by: 'clock', type: 'page.level-reached', data: { page: '42-1', level, round: 0, timeoutMs: 5 * MINUTE_MS, people } };
}
export function acknowledged(atMinute: number, person: string): StoryEvent {
  return {
    atMinute,
    by: `person:${person}`,
    type: 'page.acknowledged',
    data: { page: '42-1', person, via: 'console', afterMs: atMinute * MINUTE_MS },
  };
}
