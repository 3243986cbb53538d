import { z } from 'zod';
import type { EscalationPolicy, PageTarget } from '../../domain/catalog.ts';
import { MINUTE_MS, SECOND_MS } from '../../kit/duration.ts';
import { duration, durationOrNone, Id, Label, section } from '../forms.ts';
import type { Complaint, Path } from '../problem.ts';
import { type Named, type Names, unknownName } from '../references.ts';

const LEVELS_MAX = 20;
const TARGETS_MAX = 50;
const REPEATS_MAX = 20;
const TIMEOUT_MS_MAX = 24 * 60 * MINUTE_MS;
const TARGET_FORM = 'Write exactly one of `schedule: …`, `person: …` or `team: …`.';

const TargetEntry = section({ schedule: Id.optional(), person: Id.optional(), team: Id.optional() })
  .refine((target) => Object.values(target).filter((id) => id !== undefined).length === 1, { error: TARGET_FORM })
  .meta({ minProperties: 1, maxProperties: 1 });
type TargetEntry = z.infer<typeof TargetEntry>;

export const PolicyEntry = section({
  name: Label,
  levels: z
    .array(
      section({
        targets: z.array(TargetEntry).min(1).max(TARGETS_MAX),
        timeout: duration(SECOND_MS, TIMEOUT_MS_MAX)
          .prefault('5m')
          .describe('How long to wait for an acknowledgement before the next level.'),
      }),
    )
    .min(1)
    .max(LEVELS_MAX),
  repeats: z.int().min(0).max(REPEATS_MAX).prefault(2).describe('How often the whole ladder is climbed again after the first time.'),
  rePage: durationOrNone(MINUTE_MS)
    .prefault('30m')
    .describe('Page again this long after an acknowledgement while the incident is not mitigated; `none` for never.'),
});
export type PolicyEntry = z.infer<typeof PolicyEntry>;

export function policy(id: string, entry: PolicyEntry): EscalationPolicy {
  const levels = entry.levels.map(({ targets, timeout }) => ({ targets: targets.flatMap(target), timeoutMs: timeout }));
  return { id, name: entry.name, levels, repeats: entry.repeats, rePageMs: entry.rePage };
}

function target(entry: TargetEntry): readonly PageTarget[] {
  return (['schedule', 'person', 'team'] as const).flatMap((kind) => {
    const id = entry[kind];
    return id === undefined ? [] : [{ kind, id }];
  });
}

export function policiesComplaints(policies: readonly Named<PolicyEntry>[], names: Names): readonly Complaint[] {
  return policies.flatMap(({ path, entry }) =>
    entry.levels.flatMap((level, levelIndex) =>
      level.targets.flatMap((one, index) => targetComplaints(one, [...path, 'levels', levelIndex, 'targets', index], names)),
    ),
  );
}

function targetComplaints(entry: TargetEntry, path: Path, names: Names): readonly Complaint[] {
  return [
    ...unknownName(names, 'schedules', entry.schedule ?? null, [...path, 'schedule']),
    ...unknownName(names, 'people', entry.person ?? null, [...path, 'person']),
    ...unknownName(names, 'teams', entry.team ?? null, [...path, 'team']),
  ];
}
