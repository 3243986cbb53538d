import type { Catalog } from '../domain/catalog.ts';
import { isLive } from '../domain/incidents/status.ts';
import type { PageState } from '../domain/paging/state.ts';
import { type StepNow, stepNow } from '../domain/runbooks/now.ts';
import type { RunState } from '../domain/runbooks/state.ts';
import { shorten } from '../kit/shorten.ts';
import type { IncidentView } from './incident-view.ts';

/** What the living card shows; `templates/messages/card.md.hbs` draws it. */
export interface CardModel {
  readonly incident: IncidentView['incident'];
  readonly live: boolean;
  readonly drill: boolean;
  readonly severity: string | null;
  readonly service: string | null;
  /** When the recovery time objective is used up, milliseconds since 1970. */
  readonly recoverByAt: number | null;
  readonly roles: readonly { readonly role: string; readonly name: string; readonly person: string | null }[];
  readonly vacant: string | null;
  readonly pages: readonly PageLine[];
  readonly run: RunLine | null;
  /** What the runbook wants from people now; its words cut to what a card can hold. */
  readonly now: StepNow | null;
  readonly switches: readonly SwitchLine[];
  readonly missing: readonly { readonly platform: string; readonly detail: string }[];
  readonly runbook: string | null;
  readonly dashboards: readonly string[];
  readonly waitingPage: string | null;
}
export interface PageLine {
  readonly page: string;
  readonly status: PageState['status'];
  readonly people: readonly string[];
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
  readonly escalatesAt: number | null;
  readonly level: number;
}
export interface RunLine {
  readonly title: string;
  readonly status: RunState['status'];
  readonly done: number;
  readonly of: number;
  /** When the clock runs out, milliseconds since 1970; null while it does not run. */
  readonly untilAt: number | null;
}
export interface SwitchLine {
  readonly id: string;
  readonly name: string;
  readonly on: boolean;
  readonly level: number;
  readonly expiresAt: number | null;
  readonly pending: { readonly request: string; readonly by: string; readonly to: number } | null;
}

export function card(view: IncidentView, catalog: Catalog): CardModel {
  const { incident } = view;
  const service = incident.service === null ? null : (catalog.services[incident.service] ?? null);
  const roles = Object.values(catalog.roles).map(({ id, name }) => ({ role: id, name, person: incident.roles[id]?.person ?? null }));
  return {
    incident,
    live: isLive(incident.status),
    drill: incident.kind === 'drill',
    severity: catalog.severities.find(({ id }) => id === incident.severity)?.label ?? null,
    service: service?.name ?? null,
    recoverByAt: incident.rtoMs === null ? null : (incident.startedAt ?? incident.declaredAt) + incident.rtoMs,
    roles: roles.filter(({ person }) => person !== null),
    vacant: roles.find(({ person }) => person === null)?.role ?? null,
    pages: view.pages.map(pageLine),
    run: view.run === null || view.run.status === 'none' ? null : runLine(view.run),
    now: view.run === null ? null : wanted(view.run),
    switches: view.switches.map((state) => ({
      id: state.id,
      name: catalog.switches[state.id]?.name ?? state.name,
      on: state.level > 0,
      level: state.level,
      expiresAt: state.expiresAt,
      pending: state.pending === null ? null : { request: state.pending.request, by: state.pending.requestedBy, to: state.pending.to },
    })),
    missing: Object.entries(incident.roomless).map(([platform, detail]) => ({ platform, detail })),
    runbook: incident.runbooks.find((id) => catalog.runbooks[id] !== undefined) ?? catalog.incidents.runbook,
    dashboards: service?.dashboards ?? [],
    waitingPage: view.pages.findLast(({ status }) => status === 'active' || status === 'exhausted')?.page ?? null,
  };
}

function pageLine(page: PageState): PageLine {
  const level = Object.values(page.notifications).filter((one) => one.level === page.level && one.round === page.round);
  return {
    page: page.page,
    status: page.status,
    people: [...new Set(level.map(({ person }) => person))],
    acknowledgedBy: page.acknowledgedBy,
    acknowledgedAt: page.acknowledgedAt,
    escalatesAt: page.escalatesAt,
    level: page.level + 1,
  };
}

/** Words of a step shown on a card: what fits a phone together with the rest. */
const PROSE_CHARS_MAX = 600;

function wanted(run: RunState): StepNow | null {
  const now = stepNow(run);
  return now === null ? null : { ...now, prose: shorten(now.prose, PROSE_CHARS_MAX) };
}

function runLine(run: RunState): RunLine {
  return {
    title: run.title,
    status: run.status,
    done: run.steps.filter(({ status }) => ['done', 'skipped', 'passed'].includes(status)).length,
    of: run.steps.length,
    untilAt: run.status === 'running' ? run.startedAt + run.clockMs + run.pausedMs : null,
  };
}
