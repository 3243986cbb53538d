import type { Effect, Recorded } from '../kernel.ts';
import type { PageEvent } from './events.ts';
import type { PageState } from './state.ts';

export function reactPage(event: Recorded<PageEvent>, state: PageState): readonly Effect[] {
  const loud = message(event, state);
  const rooms = state.platforms.flatMap((platform): Effect[] => [
    { kind: 'room.keep', platform, incident: state.incident },
    ...(loud === null ? [] : [{ kind: 'room.say', platform, incident: state.incident, message: loud } as const]),
  ]);
  return [...promises(event, state), ...rooms];
}

function promises(event: Recorded<PageEvent>, state: PageState): readonly Effect[] {
  switch (event.type) {
    case 'page.level-reached':
      return [...notifications(event), ...timer(event), ...invitations(event, state)];
    case 'page.acknowledged':
      return [begin(state), ...rearm(event, state), ...invite(state, [event.data.person])];
    default:
      return [];
  }
}

type Reached = Recorded<Extract<PageEvent, { type: 'page.level-reached' }>>;

function notifications({ at, data }: Reached): Effect[] {
  return data.people.flatMap(({ person, notifications: owed }) =>
    owed.map(({ id, pager, afterMs }): Effect => {
      const promise = { kind: 'page.notify', page: data.page, notification: id, person, pager } as const;
      return afterMs === 0 ? promise : { ...promise, dueAt: at + afterMs };
    }),
  );
}

function timer({ at, data }: Reached): Effect[] {
  const { page, level, round, timeoutMs } = data;
  return [{ kind: 'ask', act: { type: 'page.escalate', page, level, round }, actor: 'clock', dueAt: at + timeoutMs }];
}

function invitations({ data }: Reached, state: PageState): Effect[] {
  return invite(
    state,
    data.people.map(({ person }) => person),
  );
}

function invite(state: PageState, people: readonly string[]): Effect[] {
  return state.platforms.map((platform) => ({ kind: 'room.invite', platform, incident: state.incident, people }));
}

function begin(state: PageState): Effect {
  return { kind: 'ask', act: { type: 'incident.begin', incident: state.incident } };
}

function rearm(event: Recorded<PageEvent>, state: PageState): Effect[] {
  if (state.rePageMs === null) return [];
  const act = { type: 'page.rearm', page: state.page, acknowledgedAt: event.at };
  return [{ kind: 'ask', act, actor: 'clock', dueAt: event.at + state.rePageMs }];
}

/** Only what changes what people do is said aloud; where a ladder begins shows on the card. */
function message(event: Recorded<PageEvent>, state: PageState): string | null {
  switch (event.type) {
    case 'page.level-reached':
      return event.data.level > 0 || event.data.round > state.firstRound ? 'page-escalated' : null;
    case 'page.level-empty':
      return 'page-level-empty';
    case 'page.undelivered':
      return isCutOff(event.data, state) ? 'page-undelivered' : null;
    case 'page.acknowledged':
      return 'page-acknowledged';
    case 'page.exhausted':
      return 'page-exhausted';
    case 'page.rearmed':
      return 'page-rearmed';
    case 'page.started':
    case 'page.raised':
    case 'page.delivered':
    case 'page.stopped':
      return null;
  }
}

/** No way of this rung is left to reach the person: one dead way among others is for the timeline and the log. */
function isCutOff({ notification, person }: { readonly notification: string; readonly person: string }, state: PageState): boolean {
  const failed = state.notifications[notification];
  const ways = Object.values(state.notifications).filter(
    (way) => way.person === person && way.level === failed?.level && way.round === failed.round,
  );
  return ways.every((way) => way.state === 'failed');
}
