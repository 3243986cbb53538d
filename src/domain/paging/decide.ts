import { lookUp } from '../../kit/look-up.ts';
import type { IncidentState } from '../incidents/state.ts';
import { isLive } from '../incidents/status.ts';
import { type Context, type Decision, personOf, refuse } from '../kernel.ts';
import type { PageAct, PageActOf } from './acts.ts';
import { after, climb, exhausted } from './climb.ts';
import type { PageEvent } from './events.ts';
import type { PageState } from './state.ts';

type Verdict = Decision<PageEvent>;

export function decidePage(state: PageState, act: PageAct, context: Context): Verdict {
  if (act.type === 'page.start') return decideStart(state, act, context);
  if (state.status === 'none') return refuse('no_such_page', { page: act.page });
  switch (act.type) {
    case 'page.escalate':
      return decideEscalate(state, act, context);
    case 'page.escalate-now':
      if (state.status === 'acknowledged') return refuse('page_acknowledged', { page: act.page, person: `<@${state.acknowledgedBy}>` });
      if (state.status !== 'active') return refuse('page_over', { page: act.page, status: state.status });
      if (!isWanted(state, context)) return refuse('page_over', { page: act.page, status: 'not needed any more' });
      return next(state, context);
    case 'page.acknowledge':
      return decideAcknowledge(state, act, context);
    case 'page.delivered':
    case 'page.undelivered':
      return decideDelivery(state, act, context);
    case 'page.raise':
      return decideRaise(state, context);
    case 'page.rearm':
      return decideRearm(state, act, context);
    case 'page.stop':
      if (state.status === 'stopped') return [];
      return [{ type: 'page.stopped', data: { page: act.page, reason: act.reason } }];
  }
}

/** A person paged directly is a ladder of one rung with this patience. */
const DIRECT_TIMEOUT_MS = 300_000;
/** A direct page repeats twice before it is exhausted: nobody else will be tried. */
const DIRECT_REPEATS = 2;

function decideStart(state: PageState, act: PageActOf<'page.start'>, context: Context): Verdict {
  if (state.status !== 'none') return [];
  const incident = context.states.get(`incident/${act.incident}`) as IncidentState;
  if (!isLive(incident.status)) return [];
  // A policy that was deleted since leaves a ladder without rungs: exhausted at once, which is loud. A refusal nobody would hear.
  const policy = act.person !== null || act.policy === null ? null : (lookUp(context.catalog.policies, act.policy) ?? null);
  const direct = act.person === null ? [] : [{ targets: [{ kind: 'person' as const, id: act.person }], timeoutMs: DIRECT_TIMEOUT_MS }];
  const levels = policy === null ? direct : policy.levels.map((level) => ({ ...level, targets: [...level.targets] }));
  const started: Extract<PageEvent, { type: 'page.started' }> = {
    type: 'page.started',
    data: {
      page: act.page,
      incident: act.incident,
      reason: act.reason,
      urgency: act.urgency,
      policy: policy?.id ?? null,
      levels,
      repeats: policy?.repeats ?? DIRECT_REPEATS,
      rePageMs: policy?.rePageMs ?? null,
      platforms: [...incident.platforms],
    },
  };
  return [started, ...climb({ ...state, ...started.data }, { level: 0, round: 0 }, context)];
}

/** A timer is a question: only the rung it was set for may be left because of it. */
function decideEscalate(state: PageState, act: PageActOf<'page.escalate'>, context: Context): Verdict {
  if (!isWanted(state, context) || state.level !== act.level || state.round !== act.round) return [];
  return next(state, context);
}

function next(state: PageState, context: Context): PageEvent[] {
  const rung = after(state, state);
  return rung === null ? [exhausted(state, context)] : climb(state, rung, context);
}

/** It rings, and for something that is not over: the word to stop may still be on its way. */
function isWanted(state: PageState, context: Context): boolean {
  return state.status === 'active' && isLive(incidentOf(state, context).status);
}

function incidentOf(state: PageState, context: Context): IncidentState {
  return context.states.get(`incident/${state.incident}`) as IncidentState;
}

/** What turned out to be worse rings louder, on the rung where it is: whoever slept through an e-mail is woken. */
function decideRaise(state: PageState, context: Context): Verdict {
  const { severity } = incidentOf(state, context);
  const urgency = context.catalog.severities.find(({ id }) => id === severity)?.urgency;
  if (!isWanted(state, context) || state.urgency === 'high' || urgency !== 'high') return [];
  const raised: PageEvent = { type: 'page.raised', data: { page: state.page, urgency } };
  const again = { urgency, round: state.round + 1, firstRound: state.firstRound + 1 };
  return [raised, ...climb({ ...state, ...again }, { level: state.level, round: again.round }, context)];
}

function decideAcknowledge(state: PageState, act: PageActOf<'page.acknowledge'>, context: Context): Verdict {
  const person = personOf(context.actor);
  if (person === null) return refuse('only_people_acknowledge');
  if (state.status === 'acknowledged') return refuse('page_acknowledged', { page: act.page, person: `<@${state.acknowledgedBy}>` });
  if (state.status === 'stopped') return refuse('page_over', { page: act.page, status: state.status });
  return [
    { type: 'page.acknowledged', data: { page: act.page, person, via: act.via, afterMs: Math.max(0, context.now - state.startedAt) } },
  ];
}

function decideDelivery(state: PageState, act: PageActOf<'page.delivered' | 'page.undelivered'>, context: Context): Verdict {
  const notification = state.notifications[act.notification];
  if (notification === undefined || notification.state !== 'owed') return [];
  const { person, pager } = notification;
  const naming = { page: act.page, notification: act.notification, person, pager };
  if (act.type === 'page.delivered') return [{ type: 'page.delivered', data: naming }];
  const undelivered: PageEvent = { type: 'page.undelivered', data: { ...naming, reason: act.reason, detail: act.detail } };
  if (!isWanted(state, context)) return [undelivered];
  // Nobody waits out a timeout on a rung that cannot ring any more.
  const others = Object.entries(state.notifications).filter(
    ([id, { level, round }]) => id !== act.notification && level === state.level && round === state.round,
  );
  const thisRung = notification.level === state.level && notification.round === state.round;
  const silent = thisRung && others.every(([, other]) => other.state === 'failed');
  return silent ? [undelivered, ...next(state, context)] : [undelivered];
}

function decideRearm(state: PageState, act: PageActOf<'page.rearm'>, context: Context): Verdict {
  const incident = incidentOf(state, context);
  const moot = state.status !== 'acknowledged' || state.acknowledgedAt !== act.acknowledgedAt;
  if (moot || !isLive(incident.status) || incident.status === 'mitigated') return [];
  const rearmed: PageEvent = { type: 'page.rearmed', data: { page: act.page, person: state.acknowledgedBy ?? '' } };
  const round = state.round + 1;
  return [rearmed, ...climb({ ...state, round, firstRound: round }, { level: 0, round }, context)];
}
