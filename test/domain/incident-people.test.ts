import { describe, expect, it } from 'vitest';
import type { IncidentAct } from '../../src/domain/incidents/acts.ts';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import type { Actor } from '../../src/domain/kernel.ts';
import { given, NOW } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

const IC = { role: 'ic', roleName: 'Incident Commander' };
const assign = (person: string, role = 'ic'): IncidentAct => ({ type: 'incident.assign', incident: 42, role, person });
const handover = (person: string, briefing: string | null = null): IncidentAct => ({
  type: 'incident.handover',
  incident: 42,
  role: 'ic',
  person,
  briefing,
});
const accept: IncidentAct = { type: 'incident.accept-handover', incident: 42, role: 'ic' };
const by = (id: string): { actor: Actor } => ({ actor: `person:${id}` });
const past = (...more: readonly IncidentEvent[]) => given(incidentDomain, 'incident/42', [declaredEvent(), ...more]);
/** Cy, a responder, commands. */
const led = () => past({ type: 'incident.role-assigned', data: { ...IC, person: 'cy', replaced: null } });

describe('a role', () => {
  it('is taken by whoever comes first, with the duties sent to them', () => {
    const taken = past().when(assign('cy'), by('cy'));
    taken.happens([{ type: 'incident.role-assigned', data: { ...IC, person: 'cy', replaced: null } }]);
    expect(taken.state.roles).toEqual({ ic: { person: 'cy', since: NOW } });
    expect(taken.effects.slice(-2)).toEqual([
      { kind: 'room.invite', platform: 'console', incident: 42, people: ['cy'] },
      { kind: 'direct.say', platform: 'console', person: 'cy', incident: 42, message: 'duties' },
    ]);
  });

  it('stays with its holder unless a commander, Allclear or the holder gives it away', () => {
    const responder = past({ type: 'incident.role-assigned', data: { ...IC, person: 'bo', replaced: null } });
    responder.when(assign('cy'), by('cy')).refused('role_held', { role: 'ic', holder: '<@bo>' });
    const replaced: IncidentEvent = { type: 'incident.role-assigned', data: { ...IC, person: 'ana', replaced: 'cy' } };
    led().when(assign('ana'), by('bo')).happens([replaced]);
    led().when(assign('ana'), by('cy')).happens([replaced]);
    led().when(assign('ana'), { actor: 'allclear' }).happens([replaced]);
    led().when(assign('ana'), { actor: 'source:alertmanager' }).refused('role_held');
  });

  it('has one holder', () => {
    expect(led().when(assign('ana'), by('ana')).state.roles).toEqual({ ic: { person: 'ana', since: NOW } });
  });

  it('is refused to whoever has it, to strangers and to observers', () => {
    led().when(assign('cy'), by('cy')).refused('role_unchanged', { role: 'ic', holder: '<@cy>' });
    led().when(assign('zed')).refused('unknown_person', { person: 'zed' });
    led().when(assign('constructor')).refused('unknown_person');
    led().when(assign('dee')).refused('person_observes');
    led().when(assign('cy', 'boss')).refused('unknown_role', { role: 'boss', known: 'ic, ops, comms, scribe, liaison' });
    led().when(assign('cy', 'constructor')).refused('unknown_role');
  });
});

describe('a handover', () => {
  const offered: IncidentEvent = { type: 'incident.handover-offered', data: { ...IC, from: 'cy', to: 'bo', briefing: 'replicas lag' } };

  it('is offered with a briefing and changes nothing until it is accepted', () => {
    const story = led().when(handover('bo', 'replicas lag'), by('cy')).happens([offered]);
    expect(story.state.roles['ic']?.person).toBe('cy');
    expect(story.effects).toContainEqual({
      kind: 'direct.say',
      platform: 'console',
      person: 'bo',
      incident: 42,
      message: 'handover-briefing',
    });
    const accepted = story.when(accept, by('bo')).happens([{ type: 'incident.handover-accepted', data: { ...IC, from: 'cy', to: 'bo' } }]);
    expect(accepted.state).toMatchObject({ roles: { ic: { person: 'bo' } }, handovers: {} });
    expect(accepted.effects).toContainEqual({ kind: 'direct.say', platform: 'console', person: 'bo', incident: 42, message: 'duties' });
  });

  it('is accepted by nobody but the incoming person', () => {
    const story = led().when(handover('bo'), by('cy'));
    story.when(accept, by('ana')).refused('no_handover_for_you', { role: 'ic' });
    story.when(accept, by('cy')).refused('no_handover_for_you');
    led().when(accept, by('bo')).refused('no_handover_for_you');
  });

  it('is void once the role has gone elsewhere', () => {
    led().when(handover('bo'), by('cy')).when(assign('ana'), by('ana')).when(accept, by('bo')).refused('no_handover_for_you');
  });

  it('goes to the latest incoming person', () => {
    const twice = led().when(handover('bo'), by('cy')).when(handover('ana'), by('cy'));
    twice.when(accept, by('bo')).refused('no_handover_for_you');
    expect(twice.when(accept, by('ana')).state.roles['ic']?.person).toBe('ana');
  });

  it('is offered by the holder or a commander, of a role somebody holds, to somebody else', () => {
    past().when(handover('bo'), by('cy')).refused('role_vacant', { role: 'ic' });
    const boLeads = past({ type: 'incident.role-assigned', data: { ...IC, person: 'bo', replaced: null } });
    boLeads.when(handover('cy'), by('cy')).refused('not_yours_to_hand_over', { role: 'ic', holder: '<@bo>' });
    expect(led().when(handover('ana'), by('bo')).events[0]?.data).toMatchObject({ from: 'cy', to: 'ana' });
    led().when(handover('cy'), by('cy')).refused('role_unchanged');
    led().when(handover('dee'), by('cy')).refused('person_observes');
  });
});
