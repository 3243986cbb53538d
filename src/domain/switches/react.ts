import type { AskedAct, Effect, Recorded } from '../kernel.ts';
import type { RecordedSwitch, SwitchEvent } from './events.ts';
import type { SwitchState } from './state.ts';

/** Timers first, then what a run waits for, then the rooms. */
export function reactSwitch(event: Recorded<SwitchEvent>, _state: SwitchState): readonly Effect[] {
  return [...timers(event), ...forTheRun(event), ...rooms(event)];
}

function timer(dueAt: number, act: AskedAct): Effect {
  return { kind: 'ask', act, actor: 'clock', dueAt };
}

function timers(event: Recorded<SwitchEvent>): readonly Effect[] {
  const id = event.data.switch;
  switch (event.type) {
    case 'switch.requested':
      return [timer(event.data.expiresAt, { type: 'switch.lapse', switch: id, request: event.data.request })];
    case 'switch.flipped':
      return [...ending(event.data), ...reviewing(event)];
    case 'switch.extended':
      return ending(event.data);
    default:
      return [];
  }
}

interface Ending {
  readonly switch: string;
  readonly version: number;
  readonly expiresAt: number | null;
  readonly warnAt: number | null;
}
function ending({ switch: id, version, expiresAt, warnAt }: Ending): readonly Effect[] {
  if (expiresAt === null) return [];
  const warn = { type: 'switch.warn', switch: id, version, expiresAt };
  const expire = { type: 'switch.expire', switch: id, version, expiresAt };
  return [...(warnAt === null ? [] : [timer(warnAt, warn)]), timer(expiresAt, expire)];
}
function reviewing({ data }: RecordedSwitch<'switch.flipped'>): readonly Effect[] {
  if (data.reviewDueAt === null) return [];
  const act = { type: 'switch.review-due', switch: data.switch, flip: data.version };
  return [timer(data.reviewDueAt, act)];
}

/** A runbook step may wait for this switch. */
function forTheRun(event: Recorded<SwitchEvent>): readonly Effect[] {
  const { incident, switch: id } = event.data;
  if (incident === null) return [];
  switch (event.type) {
    case 'switch.flipped':
    case 'switch.rehearsed': {
      const act = { type: 'run.switch-flipped', incident, switch: id, to: event.data.to };
      return [{ kind: 'ask', act }];
    }
    case 'switch.declined':
    case 'switch.lapsed':
    case 'switch.request-voided': {
      const act = { type: 'run.switch-declined', incident, switch: id };
      return [{ kind: 'ask', act }];
    }
    default:
      return [];
  }
}

function rooms(event: Recorded<SwitchEvent>): readonly Effect[] {
  const { incident, platforms } = event.data;
  if (incident === null) return [];
  const message = loud(event);
  const letter = addressed(event);
  return platforms.flatMap((platform): Effect[] => [
    { kind: 'room.keep', platform, incident },
    ...(message === null ? [] : [{ kind: 'room.say', platform, incident, message } as const]),
    ...letter.people.map((person) => ({ kind: 'direct.say', platform, person, incident, message: letter.message }) as const),
  ]);
}

/** The template said in the room, or null when nobody has to look. */
function loud(event: Recorded<SwitchEvent>): string | null {
  switch (event.type) {
    case 'switch.flipped':
      return FLIPPED[event.data.way];
    case 'switch.approved':
      return null;
    default:
      return SAID[event.type];
  }
}
const FLIPPED: Readonly<Record<RecordedSwitch<'switch.flipped'>['data']['way'], string>> = {
  approved: 'switch-flipped',
  alone: 'switch-flipped',
  'break-glass': 'switch-glass-broken',
  expired: 'switch-expired',
  unreviewed: 'switch-undone',
  rejected: 'switch-undone',
};
const SAID: Readonly<Record<Exclude<SwitchEvent['type'], 'switch.flipped' | 'switch.approved'>, string>> = {
  'switch.requested': 'switch-requested',
  'switch.declined': 'switch-declined',
  'switch.lapsed': 'switch-lapsed',
  'switch.request-voided': 'switch-voided',
  'switch.rehearsed': 'switch-rehearsed',
  'switch.warned': 'switch-warned',
  'switch.extended': 'switch-extended',
  'switch.reviewed': 'switch-reviewed',
  'switch.review-missed': 'switch-review-missed',
};

/** Who must do something, and the template that tells them. */
function addressed(event: Recorded<SwitchEvent>): { readonly people: readonly string[]; readonly message: string } {
  switch (event.type) {
    case 'switch.requested':
      return { people: event.data.approvers, message: 'switch-approve' };
    case 'switch.flipped':
      return { people: event.data.reviewers, message: 'switch-review' };
    case 'switch.warned':
      return { people: event.data.people, message: 'switch-warned' };
    default:
      return { people: [], message: '' };
  }
}
