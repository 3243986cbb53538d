import type { IncidentState } from '../../src/domain/incidents/state.ts';
import { isLive } from '../../src/domain/incidents/status.ts';
import type { Recorded } from '../../src/domain/kernel.ts';
import type { PageState } from '../../src/domain/paging/state.ts';
import { domainOfStream } from '../../src/domain/registry.ts';
import type { SwitchEventOf } from '../../src/domain/switches/events.ts';
import type { SwitchState } from '../../src/domain/switches/state.ts';
import { eventOf } from '../../src/engine/history.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import type { World } from './world.ts';

/** When a page was wanted: it rang, for an incident somebody still worked on. */
interface Wanted {
  wanted: boolean;
  /** When that last changed. */
  since: number;
}
type Flipped = SwitchEventOf<'switch.flipped'>['data'];

/** What must be true of every event the moment it is in the ledger. */
export interface EventLaws {
  add(entry: Entry): void;
  /** Could somebody have looked less than `patienceMs` ago and found the page ringing. */
  wasWanted(page: string, patienceMs: number): boolean;
  /** Was the page silent at some time since then. */
  wasSilentSince(page: string, sinceMs: number): boolean;
  readonly pages: ReadonlyMap<string, PageState>;
  readonly incidents: ReadonlyMap<string, IncidentState>;
  /** Titles and alert groups of declared incidents: how often each. */
  readonly declared: ReadonlyMap<string, number>;
  readonly openings: ReadonlyMap<string, number>;
}

/** Who truly said yes, to which request of which switch. */
export type Consents = ReadonlySet<string>;

export function createEventLaws(world: World, consents: Consents, count: (what: string) => void): EventLaws {
  const states = new Map<string, unknown>();
  const wanted = new Map<string, Wanted>();
  const declared = new Map<string, number>();
  const openings = new Map<string, number>();
  const pages = new Map<string, PageState>();
  const incidents = new Map<string, IncidentState>();
  let last = 0;

  function add(entry: Entry): void {
    if (entry.position !== last + 1) world.violate('positions are gapless', `${entry.position} follows ${last}`);
    last = entry.position;
    const event = eventOf(entry);
    if (event === null) return;
    const { stream } = event;
    const domain = domainOfStream(stream);
    const before = states.get(stream) ?? domain.initial(stream);
    judge(before, event);
    const after = domain.evolve(before, event);
    states.set(stream, after);
    keep(stream, after);
    count(`event ${event.type}`);
    const place = event.type === 'page.level-reached' ? ` ${(event.data as { level: number }).level}` : '';
    world.trace(`ledger ${entry.position} ${stream} ${event.type}${place} by ${event.actor}`);
  }
  function judge(before: unknown, event: Recorded): void {
    if (event.stream.startsWith('page/')) judgePage(world, before as PageState, event);
    if (event.type.startsWith('incident.')) judgeRole(world, before as IncidentState, event);
    if (event.type === 'switch.flipped') judgeFlip(world, before as SwitchState, event.data as Flipped, event.at, consents);
    if (event.type === 'incident.declared' && (before as IncidentState).status !== 'none')
      world.violate('every declaration is an incident of its own', event.stream);
    if (event.type === 'incident.declared') tally(declared, declaredAs(event.data as { title: string; alertGroup: string | null }));
    if ((event.type === 'alert.fired' || event.type === 'alert.released') && (event.data as { opens: boolean }).opens)
      tally(openings, `alerts ${event.stream.slice('alerts/'.length)}`);
  }
  function keep(stream: string, state: unknown): void {
    if (stream.startsWith('page/')) {
      const page = state as PageState;
      pages.set(page.page, page);
      reconsider(page);
    }
    if (stream.startsWith('incident/')) {
      const incident = state as IncidentState;
      incidents.set(stream, incident);
      for (const name of incident.pages) reconsider(pages.get(name));
    }
  }
  function reconsider(page: PageState | undefined): void {
    if (page === undefined) return;
    const incident = incidents.get(`incident/${page.incident}`);
    const now = page.status === 'active' && incident !== undefined && isLive(incident.status);
    const before = wanted.get(page.page);
    if (before?.wanted !== now) wanted.set(page.page, { wanted: now, since: world.elapsed() });
  }
  return {
    add,
    wasWanted(page, patienceMs) {
      const known = wanted.get(page);
      return known !== undefined && (known.wanted || world.elapsed() - known.since <= patienceMs);
    },
    wasSilentSince(page, sinceMs) {
      const known = wanted.get(page);
      return known !== undefined && (!known.wanted || known.since >= sinceMs);
    },
    pages,
    incidents,
    declared,
    openings,
  };
}

function tally(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function declaredAs({ title, alertGroup }: { title: string; alertGroup: string | null }): string {
  return alertGroup === null ? title : `alerts ${alertGroup}`;
}

/** A page only climbs, and never after somebody has it, or after it was stopped, unless it is begun again. */
function judgePage(world: World, page: PageState, event: Recorded): void {
  const { type, data } = event;
  const rings = page.status === 'active' || type === 'page.started' || type === 'page.rearmed';
  if (type === 'page.level-reached') {
    const { level, round } = data as { level: number; round: number };
    if (!rings) world.violate('nothing escalates after acknowledge', `${event.stream} reaches ${round}/${level} while ${page.status}`);
    const reached = Object.values(page.notifications).at(-1);
    if (reached !== undefined && (round < reached.round || (round === reached.round && level <= reached.level)))
      world.violate('a page only climbs', `${event.stream} from ${reached.round}/${reached.level} to ${round}/${level}`);
  }
  if (type === 'page.started' && page.status !== 'none') world.violate('a page starts once', event.stream);
  if (type === 'page.exhausted' && !rings)
    world.violate('nothing escalates after acknowledge', `${event.stream} exhausted while ${page.status}`);
}

/** One holder per role: whoever takes over names the one who had it. */
function judgeRole(world: World, incident: IncidentState, { type, data, stream }: Recorded): void {
  if (type !== 'incident.role-assigned' && type !== 'incident.handover-accepted') return;
  const { role, replaced, from } = data as { role: string; replaced?: string | null; from?: string };
  const holder = incident.roles[role]?.person ?? null;
  const named = type === 'incident.role-assigned' ? (replaced ?? null) : (from ?? null);
  if (named !== holder) world.violate('one holder per role', `${stream} ${role} is held by ${holder}, the event names ${named}`);
}

/** A flip is agreed to by others, word for word, or says openly that it was not. */
function judgeFlip(world: World, before: SwitchState, data: Flipped, at: number, consents: Consents): void {
  const objections: readonly (readonly [boolean, string])[] = [
    [data.from !== before.level || data.version !== before.version + 1, `it was ${before.level} after ${before.version} flips`],
    [data.requestedBy !== null && data.approvedBy.includes(data.requestedBy), 'somebody approved their own request'],
    [data.way === 'expired' && (before.expiresAt === null || world.furthest() < before.expiresAt), 'expired too early'],
    [data.way === 'alone' && data.to !== 0, 'on without anybody else'],
    ...(data.way === 'approved' ? againstApproval(before, data, at, consents) : []),
  ];
  for (const [holds, why] of objections)
    if (holds) world.violate('a switch is flipped as agreed', `${data.switch} flip ${data.version} (${data.way}) to ${data.to}: ${why}`);
}

function againstApproval({ pending }: SwitchState, data: Flipped, at: number, consents: Consents): (readonly [boolean, string])[] {
  const isExact = pending?.request === data.request && pending?.digest === data.digest && pending?.to === data.to;
  const request = data.request ?? '';
  return [
    [data.approvedBy.length === 0, 'nobody approved'],
    [!isExact, 'not what was asked'],
    [pending !== null && at > pending.expiresAt, 'the request was over'],
    ...data.approvedBy.map(
      (person) => [!consents.has(consentTo(data.switch, request, person)), `${person} never approved ${request}`] as const,
    ),
  ];
}

export function consentTo(id: string, request: string, person: string): string {
  return `${id} ${request} ${person}`;
}
