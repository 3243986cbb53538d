import type { Effect, EffectKind } from '../domain/kernel.ts';
import type { EffectWrite, Lane } from './store-port.ts';

/** Effects of one decision: which of its events entails it, and its number among that event's effects. */
export type Effects = readonly { readonly entry: number; readonly number: number; readonly effect: Effect }[];

/** Which lane an effect waits in. Pages have their own and wait for nothing else. */
const LANE: Readonly<Record<EffectKind, Lane>> = {
  'page.notify': 'pages',
  ask: 'asks',
  'room.open': 'chat',
  'room.keep': 'chat',
  'room.say': 'chat',
  'room.invite': 'chat',
  'room.archive': 'chat',
  'group.keep': 'chat',
  'direct.say': 'chat',
  'step.run': 'work',
  'postmortem.publish': 'work',
};

/** How the outbox keeps them. `now` is the time of the event, when everything without a due time is due. */
export function outboxRows(effects: Effects, now: number): readonly EffectWrite[] {
  return effects.map(({ entry, number, effect }) => ({
    entry,
    number,
    lane: LANE[effect.kind],
    dueAt: dueAtOf(effect, now),
    body: effect,
    coalesce: coalesceOf(effect),
    sequence: sequenceOf(effect),
  }));
}

/** Only the latest of these matters. */
function coalesceOf(effect: Effect): string | null {
  if (effect.kind === 'room.keep') return `keep ${effect.platform} ${effect.incident}`;
  return effect.kind === 'group.keep' ? `group ${effect.platform} ${effect.schedule}` : null;
}

/** A due time that is no whole number would never be due, or not be kept at all. */
function dueAtOf(effect: Effect, now: number): number {
  const dueAt = 'dueAt' in effect && effect.dueAt !== undefined ? effect.dueAt : now;
  if (!Number.isSafeInteger(dueAt)) throw new Error(`${effect.kind} is due at ${dueAt}`);
  return dueAt;
}

/** Effects with the same answer are kept in ledger order: a room opens before anything is said in it, and what is said stays in order. */
export function sequenceOf(effect: Effect): string | null {
  switch (effect.kind) {
    // The card is as current as its room allows; what is said waits for no edit of it, nor the card for what is said.
    case 'room.keep':
      return `${effect.platform} ${effect.incident} card`;
    case 'room.open':
    case 'room.say':
    case 'room.invite':
    case 'room.archive':
      return `${effect.platform} ${effect.incident}`;
    case 'group.keep':
      return `${effect.platform} group ${effect.schedule}`;
    case 'direct.say':
      return `${effect.platform} direct ${effect.person}`;
    case 'postmortem.publish':
      return `postmortem ${effect.incident}`;
    // The run itself starts one step after another; a step that is being retried must not hold up the one a person went on to.
    case 'step.run':
    case 'page.notify':
    case 'ask':
      return null;
  }
}

/** Effects with the same answer are never under way at once: what undoes a step waits for the answer to that step. */
export function turnOf(effect: Effect): string | null {
  return effect.kind === 'step.run' ? `run ${effect.run}` : null;
}
