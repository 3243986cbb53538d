import type { Readings } from '../command.ts';
import type { IncidentState } from '../domain/incidents/state.ts';
import { nextHandover, onCallAt } from '../domain/oncall/schedule.ts';
import type { ScheduleState } from '../domain/oncall/state.ts';
import type { PageState } from '../domain/paging/state.ts';
import type { RunState } from '../domain/runbooks/state.ts';
import type { SwitchState } from '../domain/switches/state.ts';
import type { Clock } from '../kit/clock.ts';
import type { Entry } from '../ledger/entry.ts';
import type { IncidentView } from '../readings/incident-view.ts';
import type { OnCallRow } from '../readings/on-call.ts';
import { report } from '../readings/report.ts';
import { switchBoard } from '../readings/switch-board.ts';
import { timeline } from '../readings/timeline.ts';
import { eventsOf, ledgerEntries } from './history.ts';
import type { Answer, CurrentCatalog } from './ports.ts';
import { answeredBefore } from './prepare.ts';
import type { States } from './states.ts';
import type { Store } from './store-port.ts';

/** Runs longer than this in one incident's switches are cut: no incident flips that many. */
const SWITCHES_MAX = 200;

export interface EngineReadings extends Readings {
  switchStates(): Promise<Readonly<Record<string, SwitchState>>>;
  page(name: string): Promise<PageState | null>;
  /** Pages nobody has acknowledged yet, newest first. */
  openPages(limit: number): Promise<readonly PageState[]>;
  /** An incident alone, with its rooms; of status `none` when there is no such. */
  housing(incident: number): Promise<IncidentState>;
  /** The answer an inbound key got before, or null when it is new. */
  answered(key: string): Promise<Answer | null>;
}

/** Readings over the store: always as the store has them now, whichever process wrote last. */
export function createReadings(store: Store, states: States, catalog: CurrentCatalog, clock: Clock): EngineReadings {
  const load = async <S>(stream: string): Promise<S> => (await states.fresh(stream)).state as S;

  async function switchStates(): Promise<Readonly<Record<string, SwitchState>>> {
    const ids = Object.keys(catalog().switches).slice(0, SWITCHES_MAX);
    return Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await load<SwitchState>(`switch/${id}`)] as const)));
  }
  return {
    switchStates,
    async incident(number) {
      const incident = await load<IncidentState>(`incident/${number}`);
      if (incident.status === 'none') return null;
      const pages = await Promise.all(incident.pages.map((page) => load<PageState>(`page/${page}`)));
      const run = await load<RunState>(`run/${number}`);
      const switches = Object.values(await switchStates()).filter((state) => concerns(state, incident));
      return { incident, pages: pages.filter(({ status }) => status !== 'none'), run: run.status === 'none' ? null : run, switches };
    },
    async incidents({ open, limit }) {
      const heads = await store.streams(open ? { kind: 'incident', open: true, limit } : { kind: 'incident', limit });
      return Promise.all(heads.map(({ stream }) => load<IncidentState>(stream)));
    },
    async timeline(incident) {
      return timeline(await eventsOf(store, await entriesOf(store, incident)));
    },
    switches: async () => switchBoard(catalog(), await switchStates(), clock.now()),
    onCall: (at) => onCallRows(catalog, load, at),
    async report(sinceMs) {
      const sinceAt = clock.now() - sinceMs;
      const entries: Entry[] = [];
      for (const { stream, incident } of await store.streams({ kind: 'incident', limit: REPORT_INCIDENTS_MAX })) {
        const state = await load<IncidentState>(stream);
        if (state.declaredAt < sinceAt) break;
        if (incident !== null) entries.push(...(await entriesOf(store, incident)));
      }
      return report(await eventsOf(store, entries), sinceAt);
    },
    housing: (incident) => load<IncidentState>(`incident/${incident}`),
    answered: (key) => answeredBefore(store, key),
    async page(name) {
      const page = await load<PageState>(`page/${name}`);
      return page.status === 'none' ? null : page;
    },
    async openPages(limit) {
      const heads = await store.streams({ kind: 'page', open: true, limit });
      return Promise.all(heads.map(({ stream }) => load<PageState>(stream)));
    },
  };
}

/** A report over more incidents than this is an export's job. */
const REPORT_INCIDENTS_MAX = 1_000;

async function entriesOf(store: Store, incident: number): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const page of ledgerEntries(store, { incident })) entries.push(...page);
  return entries;
}

/** A switch belongs on the card when the service has it, or when it was or is to be flipped for this incident. */
function concerns(state: SwitchState, incident: IncidentView['incident']): boolean {
  const flippedHere = state.incident === incident.number && state.level > 0;
  return incident.switches.includes(state.id) || flippedHere || state.pending?.incident === incident.number;
}

async function onCallRows(catalog: CurrentCatalog, load: <S>(stream: string) => Promise<S>, at: number): Promise<readonly OnCallRow[]> {
  return Promise.all(
    Object.values(catalog().schedules).map(async (schedule) => {
      const { overrides } = await load<ScheduleState>(`schedule/${schedule.id}`);
      const handover = nextHandover(schedule, overrides, at);
      const people = onCallAt(schedule, overrides, at);
      const untilAt = handover?.at ?? null;
      return {
        schedule: schedule.id,
        name: schedule.name,
        people,
        untilAt,
        next: untilAt === null ? [] : onCallAt(schedule, overrides, untilAt),
      };
    }),
  );
}
