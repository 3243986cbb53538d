import type { Effect, Recorded } from '../kernel.ts';
import type { OncallEvent } from './events.ts';

type RecordedOverride = Recorded<Extract<OncallEvent, { type: 'oncall.overridden' | 'oncall.override-removed' }>>;

/**
 * Pages ask at every level who is on call; only groups that follow a schedule have to be told, and looked after when it changes. And
 * whoever has a shift more or less than they knew.
 */
export function reactOncall(event: Recorded<OncallEvent>): readonly Effect[] {
  const { schedule } = event.data;
  const look = (dueAt: number): Effect => ({ kind: 'ask', act: { type: 'oncall.look', schedule }, actor: 'clock', dueAt });
  switch (event.type) {
    case 'oncall.overridden':
      return [look(event.data.from), look(event.data.until), ...letters(event, 'override-made')];
    case 'oncall.override-removed':
      return [look(event.at), ...letters(event, 'override-removed')];
    case 'oncall.handed-over': {
      const { nextAt, platforms } = event.data;
      const kept = platforms.map((platform): Effect => ({ kind: 'group.keep', platform, schedule }));
      return nextAt === null ? kept : [...kept, look(nextAt)];
    }
  }
}

/** To both, except for whoever did it. */
function letters(event: RecordedOverride, message: string): readonly Effect[] {
  const { person, replaces, platforms } = event.data;
  const people = [person, replaces].filter((one): one is string => one !== null && event.actor !== `person:${one}`);
  return platforms.flatMap((platform) =>
    people.map((one): Effect => ({ kind: 'direct.say', platform, person: one, incident: null, message })),
  );
}
