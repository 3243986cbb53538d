import type { z } from 'zod';
import type { Catalog } from '../domain/catalog.ts';
import type { Runbook } from '../domain/runbooks/runbook.ts';
import { Label, named, section, TimeZone } from './forms.ts';
import { record } from './references.ts';
import { ChatEntry, chatRules } from './sections/chat.ts';
import { PersonEntry, person, TeamEntry, team } from './sections/people.ts';
import { PolicyEntry, policy } from './sections/policies.ts';
import { RoleEntry, roles } from './sections/roles.ts';
import { IncidentsEntry, incidentDefaults, RouteList, route } from './sections/routes.ts';
import { ScheduleEntry, schedule } from './sections/schedules.ts';
import { ServiceEntry, service } from './sections/services.ts';
import { SeverityList, severity } from './sections/severities.ts';
import { SwitchEntry, switchDefinition } from './sections/switches.ts';

/**
 * The shape of `allclear.yaml`. Strict: an unknown key is a typo, and a typo in `rePage` must not become the default.
 * Whether the names in it exist is checked by `crossCheck`.
 */
export const AllclearFile = section({
  organization: Label,
  timeZone: TimeZone.prefault('UTC'),
  people: named(PersonEntry),
  teams: named(TeamEntry).prefault({}),
  services: named(ServiceEntry).prefault({}),
  schedules: named(ScheduleEntry).prefault({}),
  policies: named(PolicyEntry).prefault({}),
  severities: SeverityList.describe('Worst first. Without it: sev1 to sev4.'),
  roles: named(RoleEntry).prefault({}).describe('Over the usual ic, ops, comms, scribe and liaison.'),
  switches: named(SwitchEntry).prefault({}),
  routes: RouteList.describe('What becomes of alerts; the first that matches wins.'),
  incidents: IncidentsEntry.prefault({}),
  chat: named(ChatEntry).prefault({}).describe('What is done with groups and channels, by chat platform: slack, discord.'),
});
export type AllclearFile = z.infer<typeof AllclearFile>;

/** The catalog a correct file and its runbooks amount to. */
export function catalogOf(file: AllclearFile, runbooks: readonly Runbook[]): Catalog {
  return {
    organization: file.organization,
    timeZone: file.timeZone,
    people: record(file.people, person),
    teams: record(file.teams, team),
    services: record(file.services, service),
    schedules: record(file.schedules, (id, entry) => schedule(id, entry, file.timeZone)),
    policies: record(file.policies, policy),
    severities: file.severities.map(severity),
    roles: roles(file.roles),
    switches: record(file.switches, switchDefinition),
    routes: file.routes.map(route),
    runbooks: record(Object.fromEntries(runbooks.map((runbook) => [runbook.id, runbook])), (_, runbook) => runbook),
    incidents: incidentDefaults(file.incidents),
    chat: record(file.chat, chatRules),
  };
}
