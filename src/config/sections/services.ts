import { z } from 'zod';
import type { Service } from '../../domain/catalog.ts';
import { duration, HttpUrl, Id, Label, section } from '../forms.ts';
import type { Complaint } from '../problem.ts';
import { type Named, type Names, unknownName, unknownNames } from '../references.ts';

const LIST_MAX = 100;
const TIERS = [0, 1, 2, 3] as const;

export const ServiceEntry = section({
  name: Label,
  tier: z.literal(TIERS).describe('0 is the most critical.'),
  owner: Id.optional().describe('A team.'),
  policy: Id.optional().describe('The escalation policy that is paged.'),
  rto: duration(1_000).optional().describe('Recovery time objective: how long an outage may last.'),
  rpo: duration(0).optional().describe('Recovery point objective: how much data, in time, may be lost.'),
  runbooks: z.array(Id).max(LIST_MAX).prefault([]),
  switches: z.array(Id).max(LIST_MAX).prefault([]),
  dependencies: z.array(Id).max(LIST_MAX).prefault([]).describe('Services this one cannot work without.'),
  dashboards: z.array(HttpUrl).max(LIST_MAX).prefault([]),
});
export type ServiceEntry = z.infer<typeof ServiceEntry>;

export function service(id: string, entry: ServiceEntry): Service {
  const { name, tier, runbooks, switches, dependencies, dashboards } = entry;
  const rtoMs = entry.rto ?? null;
  const rpoMs = entry.rpo ?? null;
  return {
    id,
    name,
    tier,
    owner: entry.owner ?? null,
    policy: entry.policy ?? null,
    rtoMs,
    rpoMs,
    runbooks,
    switches,
    dependencies,
    dashboards,
  };
}

export function servicesComplaints(services: readonly Named<ServiceEntry>[], names: Names): readonly Complaint[] {
  return services.flatMap(({ id, path, entry }) => [
    ...unknownName(names, 'teams', entry.owner ?? null, [...path, 'owner']),
    ...unknownName(names, 'policies', entry.policy ?? null, [...path, 'policy']),
    ...unknownNames(names, 'runbooks', entry.runbooks, [...path, 'runbooks']),
    ...unknownNames(names, 'switches', entry.switches, [...path, 'switches']),
    ...unknownNames(names, 'services', entry.dependencies, [...path, 'dependencies']),
    ...entry.dependencies.flatMap((dependency, index) =>
      dependency === id ? [{ path: [...path, 'dependencies', index], sentence: 'A service does not depend on itself.' }] : [],
    ),
  ]);
}
