import { isLive } from '../../domain/incidents/status.ts';
import { stepNow } from '../../domain/runbooks/now.ts';
import type { RunState } from '../../domain/runbooks/state.ts';
import type { Button } from '../../readings/document.ts';
import type { IncidentView } from '../../readings/incident-view.ts';
import type { SwitchBoardRow } from '../../readings/switch-board.ts';
import { nameOf, type Tick, until, type Viewer } from './viewer.ts';

/** The one thing that matters most now, in a sentence, with the buttons that do it. */
export interface NextThing {
  readonly sentence: string;
  /** How long there is for it. */
  readonly tick: Tick | null;
  readonly urgent: boolean;
  readonly buttons: readonly Button[];
}
interface Situation {
  readonly view: IncidentView;
  readonly switches: readonly SwitchBoardRow[];
  readonly viewer: Viewer;
}
type Rule = (situation: Situation) => NextThing | null;

/** What a tired person should do next; the first rule that has something to say wins. */
export function nextThing(situation: Situation): NextThing | null {
  for (const rule of RULES) {
    const thing = rule(situation);
    if (thing !== null) return thing;
  }
  return null;
}

function button(label: string, command: string, style: Button['style'] = 'primary'): Button {
  return { label, command, style };
}
function thing(sentence: string, buttons: readonly Button[], more: Partial<NextThing> = {}): NextThing {
  return { sentence, buttons, tick: null, urgent: false, ...more };
}

const RULES: readonly Rule[] = [over, ringing, handover, approval, checkpoint, vacant, overdue, step, mitigated, start, update];

function over({ view: { incident } }: Situation): NextThing | null {
  if (isLive(incident.status)) return null;
  if (incident.status === 'resolved')
    return thing('Resolved. Write the postmortem while it is fresh.', [button('Postmortem', 'postmortem')]);
  return thing(incident.mergedInto === null ? `This incident is ${incident.status}.` : `Merged into inc-${incident.mergedInto}.`, []);
}

function ringing({ view, viewer }: Situation): NextThing | null {
  const page = view.pages.findLast(({ status }) => status === 'active' || status === 'exhausted');
  if (page === undefined) return null;
  const buttons = [button('Acknowledge', `ack ${page.page}`)];
  if (page.status === 'exhausted') return thing('Nobody acknowledged. Call people by phone.', buttons, { urgent: true });
  return thing('Nobody has acknowledged the page yet.', buttons, {
    urgent: true,
    tick: page.escalatesAt === null ? null : until(page.escalatesAt, viewer),
  });
}

function handover({ view: { incident }, viewer }: Situation): NextThing | null {
  const offered = Object.entries(incident.handovers).find(([, { to }]) => to === viewer.person.id);
  if (offered === undefined) return null;
  const [role, { from, briefing }] = offered;
  const said = briefing === null ? '' : ` “${briefing}”`;
  const sentence = `${nameOf(viewer, from)} hands you ${roleName(viewer, role)}.${said}`;
  return thing(sentence, [button('Accept', `handover accept ${role}`)], { urgent: true });
}

function approval({ switches, viewer }: Situation): NextThing | null {
  const row = switches.find(({ pending }) => pending?.mayApprove.includes(viewer.person.id) === true);
  if (row === undefined || row.pending === null) return null;
  const { request, requestedBy, change, reason, expiresAt } = row.pending;
  const sentence = `${nameOf(viewer, requestedBy)} asks for ${row.name} ${change}: “${reason}”`;
  const buttons = [button('Approve', `approve ${row.id} ${request}`), button('Decline', `decline ${row.id} ${request}`, 'danger')];
  return thing(sentence, buttons, { urgent: true, tick: until(expiresAt, viewer) });
}

/** The checkpoint that was reached and not answered; only the last counts. */
export function openCheckpoint(run: RunState | null): RunState['checkpoints'][number] | null {
  if (run === null || run.status !== 'running') return null;
  return run.checkpoints.findLast(({ reachedAt, decision }) => reachedAt !== null && decision === null) ?? null;
}

function checkpoint({ view: { run } }: Situation): NextThing | null {
  const open = openCheckpoint(run);
  return open === null ? null : thing(open.question, checkpointButtons(open), { urgent: true });
}
export function checkpointButtons({ id, options }: RunState['checkpoints'][number]): readonly Button[] {
  return options.map((option, index) => button(option.label, `step decide ${id} ${option.id}`, index === 0 ? 'primary' : 'plain'));
}

function vacant({ view: { incident }, viewer }: Situation): NextThing | null {
  const [first] = Object.values(viewer.catalog.roles);
  if (first === undefined || incident.roles[first.id] !== undefined) return null;
  return thing(`Nobody is ${first.name}.`, [button(`Take ${first.id === 'ic' ? 'command' : first.name}`, `role ${first.id} @me`)], {
    urgent: true,
  });
}

function overdue({ view: { incident }, viewer }: Situation): NextThing | null {
  if (incident.nextUpdateAt === null || incident.nextUpdateAt > viewer.now) return null;
  return thing('The status update is overdue.', [button('Write update', 'update')], { urgent: true });
}

function step({ view: { run }, viewer }: Situation): NextThing | null {
  const now = run === null ? null : stepNow(run);
  if (now === null) return null;
  // Leaving a step out is possible in the runbook itself; here stands what leads on.
  const onward = now.choices.filter(({ words }) => !words.startsWith('step skip'));
  const buttons = onward.map(({ label, words, style }) => button(label, words, style));
  return thing(`${run?.title ?? ''}: ${now.title}`, buttons, { tick: now.dueAt === null ? null : until(now.dueAt, viewer) });
}

function mitigated({ view: { incident } }: Situation): NextThing | null {
  return incident.status === 'mitigated'
    ? thing('Mitigated. Watch it; when nothing comes back, resolve.', [button('Resolve', 'resolve')])
    : null;
}

function start({ view: { incident, run }, viewer }: Situation): NextThing | null {
  const usual = incident.runbooks.find((id) => viewer.catalog.runbooks[id] !== undefined) ?? viewer.catalog.incidents.runbook;
  const runbook = usual === null ? undefined : viewer.catalog.runbooks[usual];
  if (run !== null || runbook === undefined) return null;
  return thing(`Start the runbook “${runbook.title}”.`, [button('Start runbook', `runbook start ${runbook.id}`)]);
}

function update({ view: { incident }, viewer }: Situation): NextThing | null {
  const tick = incident.nextUpdateAt === null ? null : until(incident.nextUpdateAt, viewer);
  return thing('Say what you know.', [button('Write update', 'update')], { tick });
}

function roleName(viewer: Viewer, role: string): string {
  return viewer.catalog.roles[role]?.name ?? role;
}
