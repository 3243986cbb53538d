import type { IncidentState } from '../incidents/state.ts';
import { type Context, type Decision, type Refusal, refuse } from '../kernel.ts';
import type { FollowupAct, FollowupActOf } from './acts.ts';
import type { FollowupEvent } from './events.ts';
import { ITEMS_MAX, REMARKS_MAX } from './shapes.ts';
import type { FollowupState } from './state.ts';

type Verdict = Decision<FollowupEvent>;
type About = Pick<FollowupEvent['data'], 'incident' | 'platforms'>;

export function decideFollowups(state: FollowupState, act: FollowupAct, context: Context): Verdict {
  const incident = context.states.get(`incident/${act.incident}`) as IncidentState;
  const refusal = refuseIncident(incident, act);
  if (refusal !== null) return refusal;
  const about: About = { incident: act.incident, platforms: [...incident.platforms] };
  switch (act.type) {
    case 'followup.add':
      return decideAdd(state, act, about, context);
    case 'followup.done':
      return decideDone(state, act, about);
    case 'followup.remark':
      if (state.remarks.length >= REMARKS_MAX) return refuse('too_many_remarks', { limit: String(REMARKS_MAX) });
      return [{ type: 'followup.remarked', data: { ...about, kind: act.kind, text: act.text } }];
    case 'followup.publish':
      return decidePublish(act, about, incident);
    case 'followup.published': {
      const { url, branch, path, commit, forge } = act;
      const changed = state.published?.commit !== commit;
      return [{ type: 'followup.published', data: { ...about, url, branch, path, commit, forge, changed } }];
    }
    case 'followup.publish-failed':
      return [{ type: 'followup.publish-failed', data: { ...about, reason: act.reason, detail: act.detail } }];
  }
}

/** What a forge reports is a fact, whatever became of the incident meanwhile. */
function refuseIncident(incident: IncidentState, act: FollowupAct): Refusal | null {
  const number = String(act.incident);
  if (incident.status === 'none') return refuse('nothing_to_follow_up', { incident: number });
  const isReport = act.type === 'followup.published' || act.type === 'followup.publish-failed';
  if (incident.mergedInto === null || isReport) return null;
  return refuse('followed_up_elsewhere', { incident: number, into: String(incident.mergedInto) });
}

function decideAdd(state: FollowupState, act: FollowupActOf<'followup.add'>, about: About, context: Context): Verdict {
  const { text, owner, dueAt, kind } = act;
  if (state.items.length >= ITEMS_MAX) return refuse('too_many_followups', { limit: String(ITEMS_MAX) });
  if (owner !== null && !Object.hasOwn(context.catalog.people, owner)) return refuse('unknown_owner', { owner });
  if (dueAt !== null && dueAt <= context.now) return refuse('due_in_the_past');
  return [{ type: 'followup.added', data: { ...about, item: state.items.length + 1, text, owner, dueAt, kind } }];
}

function decideDone(state: FollowupState, act: FollowupActOf<'followup.done'>, about: About): Verdict {
  const item = String(act.item);
  const found = state.items.find((candidate) => candidate.item === act.item);
  if (found === undefined) {
    const open = state.items.filter(({ doneAt }) => doneAt === null).map((candidate) => String(candidate.item));
    return refuse('no_such_followup', { item, open: open.join(', ') });
  }
  if (found.doneAt !== null) return refuse('followup_done_already', { item });
  return [{ type: 'followup.completed', data: { ...about, item: found.item, text: found.text } }];
}

/**
 * While people still fight the fire there is nothing to learn yet, and a half-told story would be read as the whole. Publishing again is
 * always allowed, also while an earlier one is under way: it is written from the ledger as it is then, and updates the same request.
 */
function decidePublish(act: FollowupActOf<'followup.publish'>, about: About, incident: IncidentState): Verdict {
  const { status } = incident;
  if (status === 'triage' || status === 'investigating' || status === 'identified') {
    return refuse('too_early_to_publish', { incident: String(act.incident), status });
  }
  return [{ type: 'followup.publish-requested', data: about }];
}
