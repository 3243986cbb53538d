import { lookUp } from '../../kit/look-up.ts';
import type { Catalog } from '../catalog.ts';
import { type Context, type Decision, personOf, type Refusal, refuse } from '../kernel.ts';
import type { IncidentActOf } from './acts.ts';
import type { IncidentEvent } from './events.ts';
import type { IncidentState } from './state.ts';

type PeopleAct = IncidentActOf<'incident.assign' | 'incident.handover' | 'incident.accept-handover'>;

/** Roles: one holder each; from a holder to another only by a handover the incoming person accepts, or by a commander. */
export function decidePeople(state: IncidentState, act: PeopleAct, context: Context): Decision<IncidentEvent> {
  const role = lookUp(context.catalog.roles, act.role);
  if (role === undefined) return refuse('unknown_role', { role: act.role, known: Object.keys(context.catalog.roles).join(', ') });
  const naming = { role: role.id, roleName: role.name };
  const holder = state.roles[role.id]?.person ?? null;
  if (act.type === 'incident.accept-handover') return decideAccept(state, naming, context);
  const refusal = refuseHelper(act.person, context.catalog);
  if (refusal !== null) return refusal;
  if (holder === act.person) return refuse('role_unchanged', { role: role.id, holder: `<@${holder}>` });
  if (act.type === 'incident.handover') return decideHandover(act, holder, naming, context);
  const outright = holder === null || holder === personOf(context.actor) || commands(context);
  if (!outright) return refuse('role_held', { role: role.id, holder: `<@${holder}>` });
  return [{ type: 'incident.role-assigned', data: { ...naming, person: act.person, replaced: holder } }];
}

interface Naming {
  readonly role: string;
  readonly roleName: string;
}

function decideHandover(
  act: IncidentActOf<'incident.handover'>,
  holder: string | null,
  naming: Naming,
  context: Context,
): Decision<IncidentEvent> {
  if (holder === null) return refuse('role_vacant', { role: naming.role });
  if (personOf(context.actor) !== holder && !commands(context)) {
    return refuse('not_yours_to_hand_over', { role: naming.role, holder: `<@${holder}>` });
  }
  return [{ type: 'incident.handover-offered', data: { ...naming, from: holder, to: act.person, briefing: act.briefing } }];
}

function decideAccept(state: IncidentState, naming: Naming, context: Context): Decision<IncidentEvent> {
  const offer = state.handovers[naming.role];
  if (offer === undefined || offer.to !== personOf(context.actor)) return refuse('no_handover_for_you', { role: naming.role });
  return [{ type: 'incident.handover-accepted', data: { ...naming, from: offer.from, to: offer.to } }];
}

/** Only who may act can be asked to: an observer could neither acknowledge nor take over. Null when all is well. */
export function refuseHelper(id: string, { people }: Catalog): Refusal | null {
  const person = lookUp(people, id);
  if (person === undefined) return refuse('unknown_person', { person: id });
  return person.rank === 'observer' ? refuse('person_observes', { person: `<@${id}>`, phone: person.phone ?? 'no number is known' }) : null;
}

/** Is the asker of commander rank or above, or Allclear itself. */
function commands(context: Context): boolean {
  const person = personOf(context.actor);
  if (person === null) return context.actor === 'allclear';
  const rank = context.catalog.people[person]?.rank;
  return rank === 'commander' || rank === 'admin';
}
