import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentState } from '../../src/domain/incidents/state.ts';
import type { Context } from '../../src/domain/kernel.ts';
import type { RunAct } from '../../src/domain/runbooks/acts.ts';
import { runDomain } from '../../src/domain/runbooks/domain.ts';
import type { RunEvent } from '../../src/domain/runbooks/events.ts';
import type { Runbook } from '../../src/domain/runbooks/runbook.ts';
import type { RunState } from '../../src/domain/runbooks/state.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import { exampleCatalog } from './catalog.ts';
import { type Aftermath, given, NOW } from './given.ts';

/** What is different from the usual night: inc-42 is being investigated, nobody has a role, every switch is off. */
export interface World {
  /** Milliseconds since the start of the story. */
  readonly at?: number;
  readonly by?: string;
  readonly actor?: Context['actor'];
  readonly roles?: Readonly<Record<string, string>>;
  readonly status?: IncidentState['status'];
  readonly levels?: Readonly<Record<string, number>>;
  readonly runbooks?: readonly Runbook[];
}
export type Told = Aftermath<RunState, RunEvent, RunAct>;

export function world({
  at = 0,
  by = 'ana',
  actor,
  roles = {},
  status = 'investigating',
  levels = {},
  runbooks = [],
}: World): Partial<Context> {
  const incident: IncidentState = {
    ...(incidentDomain.initial('incident/42') as IncidentState),
    status,
    title: 'Lights are out',
    platforms: ['console', 'slack'],
    roles: Object.fromEntries(Object.entries(roles).map(([role, person]) => [role, { person, since: NOW }])),
  };
  const switches = Object.keys(exampleCatalog.switches).map((id): [string, unknown] => {
    return [`switch/${id}`, { ...switchDomain.initial(`switch/${id}`), level: levels[id] ?? 0 }];
  });
  return {
    now: NOW + at,
    actor: actor ?? `person:${by}`,
    states: new Map<string, unknown>([['incident/42', incident], ...switches]),
    catalog: { ...exampleCatalog, runbooks: Object.fromEntries(runbooks.map((runbook) => [runbook.id, runbook])) },
  };
}

/** Ana has started the runbook in inc-42. */
export function started(runbook: Runbook, setting: World = {}, dry?: boolean): Told {
  const act: RunAct = { type: 'run.start', incident: 42, runbook: runbook.id, ...(dry === undefined ? {} : { dry }) };
  return given(runDomain, 'run/42').when(act, world({ runbooks: [runbook], ...setting }));
}

/** Types of the new events, in order. */
export function types(told: Told): readonly string[] {
  return told.events.map(({ type }) => type);
}

/** Where every step is now. */
export function statuses(told: Pick<Told, 'state'>): Readonly<Record<string, string>> {
  return Object.fromEntries(told.state.steps.map(({ step, status }) => [step.id, status]));
}

/** Promises that are neither cards nor messages. */
export function asks(told: Told): readonly unknown[] {
  return told.effects.filter(({ kind }) => kind === 'ask' || kind === 'step.run');
}

/** Templates said in the console's room. */
export function said(told: Told): readonly string[] {
  return told.effects.flatMap((effect) => (effect.kind === 'room.say' && effect.platform === 'console' ? [effect.message] : []));
}
