import type { AskedAct } from '../../src/domain/kernel.ts';
import type { Answer } from '../../src/engine/ports.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { type Chance, chance } from './chance.ts';
import type { Clients } from './clients.ts';
import type { Sending } from './far-ends.ts';
import type { Faults } from './faults.ts';
import type { World } from './world.ts';

/** What people and alert sources do all night. */
export interface People {
  start(): void;
  /** A phone rings: perhaps somebody hears it. */
  hear(sending: Sending): void;
}

const RESPONDERS = ['ana', 'bo', 'cy'] as const;
const EVERYBODY = ['ana', 'bo', 'cy', 'dee'] as const;
const ROLES = ['ic', 'ops', 'comms'] as const;
const SWITCHES = ['read-only', 'payments-off'] as const;
const SEVERITIES = ['sev1', 'sev2', 'sev3'] as const;
const DECLARE_EVERY_MS = 60 * MINUTE_MS;
/** About as long as a decision takes to be kept. */
const ANOTHER_MS_MAX = 20;
const ANOTHER_SHARE = 0.2;
const ALERT_EVERY_MS = 60 * MINUTE_MS;
const SWITCH_EVERY_MS = 30 * MINUTE_MS;
const HEARS_SHARE = 0.35;
const HEARS_MS_MAX = 12 * MINUTE_MS;
const REASON = 'Orders fail since the deployment of this evening';

interface Night {
  readonly draw: Chance;
  readonly world: World;
  readonly faults: Faults;
  readonly clients: Clients;
  readonly until: number;
  incidents: number[];
}

export function createPeople(seed: number, world: World, faults: Faults, clients: Clients, until: number): People {
  const night: Night = { draw: chance(seed, 'people'), world, faults, clients, until, incidents: [] };
  const ears = chance(seed, 'ears');
  const heard = new Set<string>();
  return {
    start() {
      often(night, DECLARE_EVERY_MS, () => notice(night));
      often(night, ALERT_EVERY_MS, () => fire(night));
      often(night, SWITCH_EVERY_MS, () => flip(night));
    },
    hear({ page, key }) {
      if (page === null || heard.has(key) || world.elapsed() >= until) return;
      heard.add(key);
      if (!ears.hits(HEARS_SHARE)) return;
      const act = { type: 'page.acknowledge', page: page.page, via: 'link' };
      world.after(ears.between(5_000, HEARS_MS_MAX), () => clients.ask(`person:${page.person}`, act));
    },
  };
}

/** Again and again until people go home, at random times this far apart on average. */
function often(night: Night, everyMs: number, does: () => void): void {
  const { world, draw, until } = night;
  const next = (): void => {
    world.after(draw.between(0, 2 * everyMs), () => {
      if (world.elapsed() >= until) return;
      does();
      next();
    });
  };
  next();
}

function later(night: Night, mostMs: number, does: () => void): void {
  night.world.after(night.draw.between(0, mostMs), () => {
    if (night.world.elapsed() < night.until) does();
  });
}

function incidentOf(answer: Answer): number | null {
  return answer.ok && answer.stream.startsWith('incident/') ? Number(answer.stream.slice('incident/'.length)) : null;
}

/** What is broken is seen by several: often another declares in the same moment, at whichever replica. */
function notice(night: Night): void {
  declare(night);
  if (night.draw.hits(ANOTHER_SHARE)) later(night, ANOTHER_MS_MAX, () => declare(night));
}

function declare(night: Night): void {
  const { draw, clients } = night;
  const act = {
    type: 'incident.declare',
    title: `Trouble at ${night.world.elapsed()} number ${clients.asked.length}`,
    severity: draw.hits(0.2) ? null : draw.pick(SEVERITIES),
    service: draw.hits(0.7) ? 'checkout' : 'search',
    kind: 'incident',
    triage: false,
    alertGroup: null,
    description: null,
    startedAt: null,
  };
  clients.ask(`person:${draw.pick(EVERYBODY)}`, act, (answer) => {
    const incident = incidentOf(answer);
    if (incident === null) return;
    night.incidents.push(incident);
    for (let count = draw.between(1, 6); count > 0; count -= 1) later(night, 60 * MINUTE_MS, () => work(night, incident));
    later(night, 120 * MINUTE_MS, () => finish(night, incident));
  });
}

/** Somebody does something for an incident. */
function work(night: Night, incident: number): void {
  const { draw, clients } = night;
  const by = (): `person:${string}` => `person:${draw.pick(RESPONDERS)}`;
  const role = draw.pick(ROLES);
  const person = draw.pick(RESPONDERS);
  const acts: readonly AskedAct[] = [
    { type: 'incident.assign', incident, role, person },
    { type: 'incident.assign', incident, role: 'ic', person },
    { type: 'incident.handover', incident, role, person, briefing: 'It began at nine' },
    { type: 'incident.update', incident, text: 'We are looking into it', nextMs: null },
    { type: 'incident.note', incident, text: 'Graphs look odd' },
    { type: 'incident.regrade', incident, severity: draw.pick(SEVERITIES) },
    { type: 'incident.page', incident, policy: null, person, reason: null },
    { type: 'page.escalate-now', page: `${incident}-1` },
    { type: 'page.acknowledge', page: `${incident}-1`, via: 'command' },
    { type: 'incident.status', incident, status: 'mitigated', reason: null },
  ];
  const act = draw.pick(acts);
  clients.ask(by(), act);
  // Two want the same role at once.
  if (act.type === 'incident.assign' && draw.hits(0.5)) clients.ask(by(), { ...act, person: draw.pick(RESPONDERS) });
  if (act.type === 'incident.handover')
    later(night, MINUTE_MS, () => clients.ask(`person:${person}`, { type: 'incident.accept-handover', incident, role }));
}

function finish(night: Night, incident: number): void {
  const { draw, clients, incidents } = night;
  const by = `person:${draw.pick(RESPONDERS)}` as const;
  const into = draw.pick(incidents);
  const end = draw.pick<AskedAct>([
    { type: 'incident.resolve', incident, summary: null },
    { type: 'incident.resolve', incident, summary: 'Rolled back' },
    { type: 'incident.cancel', incident, reason: 'A false alarm' },
    { type: 'incident.merge', incident, into },
  ]);
  clients.ask(by, end);
  if (draw.hits(0.2)) later(night, 30 * MINUTE_MS, () => clients.ask(by, { type: 'incident.reopen', incident, reason: 'It is back' }));
}

/** An alert fires, is told again and again, and ends. */
function fire(night: Night): void {
  const { draw, clients, world } = night;
  const group = `group-${draw.between(1, 3)}`;
  const fingerprint = `alert-${draw.between(1, 2)}`;
  const startedAt = world.now();
  const tell = (status: 'firing' | 'resolved', endedAt: number | null): void => {
    const about = { source: 'alertmanager', fingerprint, title: `Alert of ${group}`, description: '', labels: {}, url: null };
    const alert = { ...about, status, startedAt, endedAt };
    const routed = { group, route: 'paging-alerts', service: 'checkout', severity: 'sev1', onResolve: draw.pick(['resolve', 'note']) };
    clients.ask('source:alertmanager', { type: 'alert.receive', ...routed, alert });
  };
  tell('firing', null);
  for (let count = draw.between(0, 2); count > 0; count -= 1) later(night, 20 * MINUTE_MS, () => tell('firing', null));
  later(night, 60 * MINUTE_MS, () => tell('resolved', Math.max(startedAt, world.now())));
}

/** Somebody wants a switch flipped; others agree, disagree, come late, or it is done at once. */
function flip(night: Night): void {
  const { draw, clients } = night;
  const id = draw.pick(SWITCHES);
  const asker = draw.pick(RESPONDERS);
  const by = `person:${asker}` as const;
  const incident = draw.hits(0.5) ? null : (night.incidents.at(-1) ?? null);
  const to = draw.between(0, 1);
  if (draw.hits(0.2)) {
    clients.ask(
      by,
      { type: 'switch.break-glass', switch: id, to, reason: `${REASON}, nobody is awake`, confirm: id, incident, ttlMs: null },
      (answer) => review(night, id, answer),
    );
    return;
  }
  if (draw.hits(0.3)) {
    const revert = { type: 'switch.revert', switch: id, reason: REASON };
    const extend = { type: 'switch.extend', switch: id, ttlMs: 50 * MINUTE_MS, reason: REASON };
    clients.ask(by, draw.pick([revert, extend]));
    return;
  }
  const wish = { type: 'switch.request', switch: id, to, reason: REASON, incident, ttlMs: null };
  clients.ask(by, wish, (answer) => {
    const request = requestOf(answer);
    if (request === null) return;
    for (let count = draw.between(0, 3); count > 0; count -= 1) {
      // Some say yes long after it mattered.
      later(night, draw.hits(0.3) ? 90 * MINUTE_MS : 12 * MINUTE_MS, () => approve(night, id, request));
    }
    if (draw.hits(0.4)) later(night, 5 * MINUTE_MS, () => decline(night, wish, request));
  });
}

function approve({ draw, clients }: Night, id: string, request: string): void {
  clients.ask(`person:${draw.pick(EVERYBODY)}`, { type: 'switch.approve', switch: id, request });
}

/** One says no, another asks again, and those who did not notice say yes to what was asked first. */
function decline(night: Night, wish: AskedAct & { readonly switch: string }, request: string): void {
  const { draw, clients } = night;
  const id = wish.switch;
  clients.ask(`person:${draw.pick(RESPONDERS)}`, { type: 'switch.decline', switch: id, request, reason: REASON }, () => {
    later(night, 2 * MINUTE_MS, () => clients.ask(`person:${draw.pick(RESPONDERS)}`, wish));
    for (let count = draw.between(0, 3); count > 0; count -= 1) later(night, 8 * MINUTE_MS, () => approve(night, id, request));
  });
}

function requestOf(answer: Answer): string | null {
  const requested = answer.ok ? answer.events.find(({ type }) => type === 'switch.requested') : undefined;
  return requested === undefined ? null : (requested.data as { request: string }).request;
}

function review(night: Night, id: string, answer: Answer): void {
  const flipped = answer.ok ? answer.events.find(({ type }) => type === 'switch.flipped') : undefined;
  if (flipped === undefined || night.draw.hits(0.3)) return;
  const { version } = flipped.data as { version: number };
  const verdict = night.draw.pick(['confirm', 'revert']);
  later(night, 40 * MINUTE_MS, () =>
    night.clients.ask(`person:${night.draw.pick(RESPONDERS)}`, { type: 'switch.review', switch: id, flip: version, verdict, note: null }),
  );
}
