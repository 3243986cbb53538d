import { MINUTE_MS } from '../../kit/duration.ts';
import { lookUp } from '../../kit/look-up.ts';
import { type Context, type Decision, personOf, refuse } from '../kernel.ts';
import type { IncidentAct, IncidentActOf } from './acts.ts';
import { decideDeclare, hasToPage, pageRequest, serviceFacts, summons } from './decide-declare.ts';
import { decidePeople, refuseHelper } from './decide-people.ts';
import { decideRooms, farewell, takenOut } from './decide-rooms.ts';
import type { IncidentEvent } from './events.ts';
import { type IncidentState, pinKey } from './state.ts';
import { isLive, nextStatuses } from './status.ts';

type Verdict = Decision<IncidentEvent>;

/** Acts that make sense only while people still work on the incident; the others say themselves when they do. */
const LIVE_ONLY: ReadonlySet<IncidentAct['type']> = new Set<IncidentAct['type']>([
  'incident.page',
  'incident.regrade',
  'incident.update',
  'incident.assign',
  'incident.handover',
  'incident.accept-handover',
  'incident.merge',
  'incident.resolve',
  'incident.cancel',
]);

export function decideIncident(state: IncidentState, act: IncidentAct, context: Context): Verdict {
  if (act.type === 'incident.declare') return decideDeclare(act, context);
  const incident = String(act.incident);
  if (state.status === 'none') return refuse('no_such_incident', { incident });
  if (LIVE_ONLY.has(act.type) && !isLive(state.status)) return refuse('incident_over', { incident, status: state.status });
  switch (act.type) {
    case 'incident.page':
      return decidePage(state, act, context);
    case 'incident.regrade':
      return decideRegrade(state, act, context);
    case 'incident.set-service':
      return decideService(state, act, context);
    case 'incident.assign':
    case 'incident.handover':
    case 'incident.accept-handover':
      return decidePeople(state, act, context);
    case 'incident.update':
    case 'incident.remind':
    case 'incident.note':
    case 'incident.pin':
    case 'incident.unpin':
    case 'incident.recapture':
      return decideRecord(state, act, context);
    case 'incident.room-opened':
    case 'incident.room-failed':
    case 'incident.room-degraded':
    case 'incident.archive-remind':
    case 'incident.archive':
      return decideRooms(state, act);
    default:
      return decideLifecycle(state, act, context);
  }
}

type LifecycleAct = IncidentActOf<
  | 'incident.status'
  | 'incident.begin'
  | 'incident.merge'
  | 'incident.absorb'
  | 'incident.resolve'
  | 'incident.reopen'
  | 'incident.cancel'
  | 'incident.alerts-resolved'
  | 'incident.spool'
  | 'incident.replay'
>;

function decideLifecycle(state: IncidentState, act: LifecycleAct, context: Context): Verdict {
  switch (act.type) {
    case 'incident.status':
      return decideStatus(state, act, context);
    case 'incident.begin':
      if (state.status !== 'triage') return [];
      return [{ type: 'incident.status-changed', data: { from: 'triage', to: 'investigating', reason: null } }];
    case 'incident.merge':
      return decideMerge(state, act, context);
    case 'incident.absorb':
      return [{ type: 'incident.absorbed', data: { number: act.number, title: act.title } }];
    case 'incident.resolve':
      return [{ type: 'incident.resolved', data: { summary: act.summary, switchesOn: switchesOn(context) } }];
    case 'incident.reopen':
      if (isLive(state.status)) return refuse('not_over', { incident: String(act.incident), status: state.status });
      return [...takenOut(state), { type: 'incident.reopened', data: { reason: act.reason } }];
    case 'incident.cancel':
      return [{ type: 'incident.canceled', data: { reason: act.reason } }, ...farewell(context.catalog, context.now)];
    case 'incident.alerts-resolved':
      return decideAlertsResolved(state, act, context);
    case 'incident.spool':
      return [{ type: 'incident.spooled', data: { spool: act.spool } }];
    case 'incident.replay': {
      const { spool, entries, head, spooledAt } = act;
      return [{ type: 'incident.replayed', data: { spool, entries, head, spooledAt } }];
    }
  }
}

function decideStatus(state: IncidentState, act: IncidentActOf<'incident.status'>, { catalog, now }: Context): Verdict {
  const next = nextStatuses(state.status);
  if (!next.includes(act.status)) {
    return refuse('status_not_reachable', { from: state.status, to: act.status, next: next.join(', ') });
  }
  if (act.status === 'closed') return [{ type: 'incident.closed', data: {} }, ...farewell(catalog, now)];
  const changed: IncidentEvent = { type: 'incident.status-changed', data: { from: state.status, to: act.status, reason: act.reason } };
  return act.status === 'declined' ? [changed, ...farewell(catalog, now)] : [changed];
}

function decideMerge(state: IncidentState, act: IncidentActOf<'incident.merge'>, context: Context): Verdict {
  if (act.into === act.incident) return refuse('merge_into_itself');
  const target = context.states.get(`incident/${act.into}`) as IncidentState;
  if (target.status === 'none') return refuse('no_such_incident', { incident: String(act.into) });
  // In a drill switches only rehearse: real trouble must not end up there.
  if (target.kind !== state.kind) return refuse('merge_drill', { incident: String(act.into) });
  if (!isLive(target.status)) return refuse('incident_over', { incident: String(act.into), status: target.status });
  return [{ type: 'incident.merged', data: { into: act.into } }, ...farewell(context.catalog, context.now)];
}

function decideAlertsResolved(state: IncidentState, act: IncidentActOf<'incident.alerts-resolved'>, context: Context): Verdict {
  if (!isLive(state.status)) return [];
  // One message, not two: that it is resolved says that the alerts are.
  if (act.resolve) return [{ type: 'incident.resolved', data: { summary: 'Every alert is resolved', switchesOn: switchesOn(context) } }];
  return [{ type: 'incident.alerts-resolved', data: { group: act.group } }];
}

/** Ids of the switches that are on now, so that nobody resolves and forgets them. */
function switchesOn(context: Context): string[] {
  return Object.keys(context.catalog.switches).filter((id) => {
    const state = context.states.get(`switch/${id}`) as { readonly level: number } | undefined;
    return state !== undefined && state.level > 0;
  });
}

function decidePage(state: IncidentState, act: IncidentActOf<'incident.page'>, context: Context): Verdict {
  const { catalog } = context;
  if (act.person === null && act.policy === null) return refuse('nobody_to_page');
  const refusal = act.person === null ? null : refuseHelper(act.person, catalog);
  if (refusal !== null) return refusal;
  if (act.policy !== null && lookUp(catalog.policies, act.policy) === undefined) {
    return refuse('unknown_policy', { policy: act.policy, known: Object.keys(catalog.policies).join(', ') });
  }
  const request = pageRequest(state, { policy: act.policy, person: act.person, reason: act.reason ?? state.title }, context);
  // Whoever asks for somebody wants them awake, however harmless the incident is.
  return [{ ...request, data: { ...request.data, urgency: 'high' } }];
}

function decideRegrade(state: IncidentState, act: IncidentActOf<'incident.regrade'>, context: Context): Verdict {
  const { severities } = context.catalog;
  const severity = severities.find(({ id }) => id === act.severity);
  if (severity === undefined) {
    return refuse('unknown_severity', { severity: act.severity, known: severities.map(({ id }) => id).join(', ') });
  }
  if (state.severity === severity.id) return refuse('severity_unchanged', { severity: severity.id });
  const before = severities.find(({ id }) => id === state.severity);
  const worse = before === undefined || severity.rank < before.rank;
  const regraded: IncidentEvent = {
    type: 'incident.regraded',
    data: { from: state.severity, to: severity.id, worse, updateEveryMs: severity.updateEveryMs },
  };
  // What was too harmless to page and now is not, pages: nobody should have to remember it.
  if (hasToPage(state.severity, context.catalog) || !severity.pages || state.pages.length > 0) return [regraded];
  return [regraded, summons({ ...state, severity: severity.id }, state.service, context)];
}

function decideService(state: IncidentState, act: IncidentActOf<'incident.set-service'>, context: Context): Verdict {
  const service = lookUp(context.catalog.services, act.service);
  if (service === undefined) {
    return refuse('unknown_service', { service: act.service, known: Object.keys(context.catalog.services).join(', ') });
  }
  if (state.service === act.service) return refuse('service_unchanged', { service: act.service });
  const set: IncidentEvent = { type: 'incident.service-set', data: { service: service.id, ...serviceFacts(service) } };
  // Nobody could be paged before because nobody knew whom; now it is known.
  const isDue = isLive(state.status) && state.pages.length === 0 && hasToPage(state.severity, context.catalog);
  return isDue && service.policy !== null ? [set, summons(state, service.id, context)] : [set];
}

type RecordAct = IncidentActOf<
  'incident.update' | 'incident.remind' | 'incident.note' | 'incident.pin' | 'incident.unpin' | 'incident.recapture'
>;

function decideRecord(state: IncidentState, act: RecordAct, context: Context): Verdict {
  switch (act.type) {
    case 'incident.update': {
      const nextMs = act.nextMs ?? state.updateEveryMs;
      return [
        {
          type: 'incident.updated',
          data: { text: act.text, number: state.updates + 1, nextAt: nextMs === null ? null : context.now + nextMs },
        },
      ];
    }
    case 'incident.remind':
      return decideRemind(state, act, context);
    case 'incident.note':
      return [{ type: 'incident.noted', data: { text: act.text } }];
    case 'incident.pin': {
      const { type: _type, incident: _incident, ...data } = act;
      return state.pins.includes(pinKey(act)) ? refuse('already_pinned') : [{ type: 'incident.pinned', data }];
    }
    case 'incident.unpin':
      if (!state.pins.includes(pinKey(act))) return refuse('not_pinned');
      return [{ type: 'incident.unpinned', data: { platform: act.platform, message: act.message } }];
    case 'incident.recapture': {
      const { platform, message, text } = act;
      if (!state.pins.includes(pinKey(act))) return [];
      if (text === null) return [{ type: 'incident.pin-deleted', data: { platform, message } }];
      return [{ type: 'incident.pin-edited', data: { platform, message, text } }];
    }
  }
}

/** A promise made by hand in an incident without a rhythm of its own is reminded of this often. */
const REMIND_AGAIN_MS = 15 * MINUTE_MS;

/** A reminder is a question: it matters only if no update came since, and the promise was not moved. */
function decideRemind(state: IncidentState, act: IncidentActOf<'incident.remind'>, context: Context): Verdict {
  const moot = !isLive(state.status) || state.updates !== act.number || state.nextUpdateAt !== act.dueAt;
  if (moot) return [];
  const remind = ['comms', 'ic'].flatMap((role) => state.roles[role]?.person ?? []).slice(0, 1);
  const declarer = personOf(state.declaredBy as Parameters<typeof personOf>[0]);
  return [
    {
      type: 'incident.update-overdue',
      data: {
        number: state.updates,
        dueAt: act.dueAt,
        remind: remind.length > 0 || declarer === null ? remind : [declarer],
        againAt: context.now + (state.updateEveryMs ?? REMIND_AGAIN_MS),
      },
    },
  ];
}
