import { z } from 'zod';
import type { Schedule, ScheduleLayer, ScheduleRestriction } from '../../domain/catalog.ts';
import { form, Id, Label, section, TimeZone, WallMoment, WallTime } from '../forms.ts';
import type { Complaint, Path } from '../problem.ts';
import { type Named, type Names, unknownName } from '../references.ts';
import { expected } from '../sentence.ts';

const LAYERS_MAX = 20;
const PEOPLE_MAX = 100;
const RESTRICTIONS_MAX = 50;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAYS_FORM = 'days such as `mon` or `mon-fri`';
const ROTATION_FORM = '`daily`, `weekly`, or for example `every 12 hours`, `every 3 days`, `every 2 weeks`';
const ROTATION = /^every ([1-9]\d{0,2}) (hour|day|week)s?$/;

type Rotation = ScheduleLayer['rotation'];
const WORDS: Readonly<Record<string, Rotation>> = {
  daily: { every: 1, unit: 'days' },
  weekly: { every: 1, unit: 'weeks' },
};
const UNITS: Readonly<Record<string, Rotation['unit']>> = { hour: 'hours', day: 'days', week: 'weeks' };

/** `weekly` or `every 12 hours`, read as a number of units. */
const RotationWords = z
  .string({ error: form(ROTATION_FORM) })
  .transform((text, context): Rotation => {
    const [, every, unit] = ROTATION.exec(text) ?? [];
    const rotation = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
    if (rotation !== undefined) return rotation;
    const units = UNITS[unit ?? ''];
    if (units !== undefined) return { every: Number(every), unit: units };
    context.issues.push({ code: 'custom', message: expected(ROTATION_FORM, text), input: text });
    return z.NEVER;
  })
  .meta({ pattern: `^(daily|weekly|${ROTATION.source.slice(1, -1)})$` });

/** `mon` or `mon-fri` (which may run over the weekend: `sat-mon`), as days where 1 is Monday. */
const Days = z
  .string({ error: form(DAYS_FORM) })
  .transform((text, context): number[] => {
    const [first = -1, last = first, ...rest] = text.split('-').map((day) => WEEKDAYS.indexOf(day));
    if (first >= 0 && last >= 0 && rest.length === 0) {
      const length = ((last - first + WEEKDAYS.length) % WEEKDAYS.length) + 1;
      return Array.from({ length }, (_, index) => ((first + index) % WEEKDAYS.length) + 1);
    }
    context.issues.push({ code: 'custom', message: expected(DAYS_FORM, text), input: text });
    return z.NEVER;
  })
  .meta({ pattern: `^(${WEEKDAYS.join('|')})(-(${WEEKDAYS.join('|')}))?$` });

const RestrictionEntry = section({
  days: z.array(Days).max(WEEKDAYS.length).prefault([]).describe('Days on which the span begins; empty means every day.'),
  from: WallTime,
  to: WallTime.describe('At or before `from`: runs into the next day.'),
});

const LayerEntry = section({
  name: Label,
  start: WallMoment.describe("Time of the first handover, in the schedule's zone."),
  until: WallMoment.optional().describe('End of the layer; without it, it never ends.'),
  rotation: RotationWords.prefault('weekly'),
  people: z.array(Id).min(1).max(PEOPLE_MAX).describe('In the order in which they take over.'),
  restrictions: z.array(RestrictionEntry).max(RESTRICTIONS_MAX).prefault([]).describe('When the layer applies; empty means always.'),
});
type LayerEntry = z.infer<typeof LayerEntry>;

export const ScheduleEntry = section({
  name: Label,
  timeZone: TimeZone.optional().describe("Without it, the organization's."),
  layers: z.array(LayerEntry).min(1).max(LAYERS_MAX).describe('Later layers win where they cover.'),
});
export type ScheduleEntry = z.infer<typeof ScheduleEntry>;

/** `timeZone` is the organization's, for schedules without their own. */
export function schedule(id: string, entry: ScheduleEntry, timeZone: string): Schedule {
  return { id, name: entry.name, timeZone: entry.timeZone ?? timeZone, layers: entry.layers.map(layer) };
}

function layer({ name, start, until, rotation, people, restrictions }: LayerEntry): ScheduleLayer {
  return { name, start, until: until ?? null, rotation, people, restrictions: restrictions.map(restriction) };
}

function restriction({ days, from, to }: LayerEntry['restrictions'][number]): ScheduleRestriction {
  return { days: [...new Set(days.flat())].sort(), from, to };
}

export function schedulesComplaints(schedules: readonly Named<ScheduleEntry>[], names: Names): readonly Complaint[] {
  return schedules.flatMap(({ path, entry }) =>
    entry.layers.flatMap((one, index) => layerComplaints(one, [...path, 'layers', index], names)),
  );
}

/** A person may stand in a rotation more than once: that is how two halves of a week are shared three ways. */
function layerComplaints(entry: LayerEntry, path: Path, names: Names): readonly Complaint[] {
  const unknown = entry.people.flatMap((id, index) => unknownName(names, 'people', id, [...path, 'people', index]));
  const ended = entry.until !== undefined && entry.until <= entry.start;
  return ended ? [...unknown, { path: [...path, 'until'], sentence: `The layer ends before it starts (${entry.start}).` }] : unknown;
}
