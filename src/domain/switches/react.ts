import type { AskedAct, Effect, Recorded } from '../kernel.ts';
import type { RecordedSwitch, SwitchEvent } from './events.ts';
import type { SwitchState } from './state.ts';

/** Timers first, then what a run waits for, then the rooms and people. */
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
  const message = loud(event);
  const letters = incident === null ? [addressed(event), instead(event, message)] : [addressed(event)];
  return platforms.flatMap((platform): Effect[] => [
    ...(incident === null ? [] : [{ kind: 'room.keep', platform, incident } as const]),
    ...(incident === null || message === null ? [] : [{ kind: 'room.say', platform, incident, message } as const]),
    ...letters.flatMap((letter) =>
      letter.people.map((person) => ({ kind: 'direct.say', platform, person, incident, message: letter.message }) as const),
    ),
  ]);
}

interface Letter {
  readonly people: readonly string[];
  readonly message: string;
}
const NOBODY: Letter = { people: [], message: '' };

/** Without an incident there is no room: whoever waits for this hears it there, unless they did it and were answered. */
function instead(event: Recorded<SwitchEvent>, message: string | null): Letter {
  const person = waiting(event);
  if (message === null || person === null || event.actor === `person:${person}`) return NOBODY;
  return { people: [person], message };
}

function waiting(event: Recorded<SwitchEvent>): string | null {
  switch (event.type) {
    case 'switch.declined':
    case 'switch.lapsed':
    case 'switch.request-voided':
      return event.data.requestedBy;
    case 'switch.flipped':
      return event.data.way === 'approved' ? event.data.requestedBy : null;
    case 'switch.reviewed':
    case 'switch.review-missed':
      return event.data.brokenBy;
    default:
      return null;
  }
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
function addressed(event: Recorded<SwitchEvent>): Letter {
  switch (event.type) {
    case 'switch.requested':
      return { people: event.data.approvers, message: 'switch-approve' };
    case 'switch.flipped':
      return { people: event.data.reviewers, message: 'switch-review' };
    case 'switch.warned':
      return { people: event.data.people, message: 'switch-warned' };
    default:
      return NOBODY;
  }
}
