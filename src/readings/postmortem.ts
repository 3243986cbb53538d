import type { RemarkKind } from '../domain/followups/shapes.ts';
import type { FollowupItem } from '../domain/followups/state.ts';
import type { Recorded } from '../domain/kernel.ts';
import { sayDuration } from '../kit/duration.ts';
import { escapeMarkdownCell, inertLine } from '../kit/escape.ts';
import { redact } from '../kit/redaction.ts';
import { wallDate } from '../kit/wall-time.ts';
import { mermaidGantt } from './postmortem-chart.ts';
import { storyOf } from './postmortem-events.ts';
import type { PostmortemFile } from './postmortem-file.ts';
import { type Milestones, metrics, milestones } from './postmortem-metrics.ts';
import type { ItemRow, PostmortemInput, PostmortemModel } from './postmortem-model.ts';
import { pageRows, roleRows, switchesLeftOn, switchRows } from './postmortem-records.ts';
import { runRows } from './postmortem-runs.ts';
import { actorName, timelineRows } from './postmortem-timeline.ts';

/** GitHub's limit for the title of a pull request is 256; git's subject line likes fewer. */
const TITLE_CHARS_MAX = 120;
const SLUG_CHARS_MAX = 60;

/**
 * Everything the postmortem says, from the ledger alone: the same input gives the same model. Events about publishing it are not part of it,
 * so that publishing twice without news writes the same text. Every text is redacted again.
 */
export function postmortemModel(input: PostmortemInput): PostmortemModel {
  return redactAll({ ...aboutIncident(input), ...fromPeople(input), ...fromLedger(input) });
}

/** The postmortem as a file to publish. `render` fills the template `postmortem`. */
export function postmortemFile(input: PostmortemInput, render: (model: PostmortemModel) => string): PostmortemFile {
  const model = postmortemModel(input);
  const name = ['inc', String(model.number), slug(model.title)].filter((part) => part !== '').join('-');
  return {
    incident: model.number,
    title: [...inertLine(`Postmortem inc-${model.number}: ${model.title}`)].slice(0, TITLE_CHARS_MAX).join(''),
    path: `postmortems/${wallDate(model.declaredAt, 'UTC').slice(0, 4)}/${name}.md`,
    branch: `postmortem/inc-${model.number}`,
    markdown: `${render(model)
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()}\n`,
    summary: summaryParagraph(model),
  };
}

type FromIncident = Pick<
  PostmortemModel,
  'number' | 'title' | 'organization' | 'isDrill' | 'status' | 'severity' | 'service' | 'tier' | 'description' | 'declaredAt' | 'declaredBy'
>;

function aboutIncident({ incident, catalog }: PostmortemInput): FromIncident {
  const severity = catalog.severities.find(({ id }) => id === incident.severity);
  const service = incident.service === null ? undefined : catalog.services[incident.service];
  return {
    number: incident.number,
    title: incident.title,
    organization: catalog.organization,
    isDrill: incident.kind === 'drill',
    status: incident.status,
    severity: severity?.label ?? incident.severity,
    service: service?.name ?? incident.service,
    tier: incident.tier,
    description: incident.description,
    declaredAt: incident.declaredAt,
    declaredBy: actorName(incident.declaredBy, personNames(catalog)),
  };
}

function personNames(catalog: PostmortemInput['catalog']): (id: string) => string {
  return (id) => (Object.hasOwn(catalog.people, id) ? (catalog.people[id]?.name ?? id) : id);
}

type FromPeople = Pick<PostmortemModel, 'summaries' | 'impacts' | 'factors' | 'well' | 'badly' | 'lucky' | 'items'>;

function fromPeople({ followups, catalog }: PostmortemInput): FromPeople {
  const remarks = (kind: RemarkKind): readonly string[] =>
    followups.remarks.filter((remark) => remark.kind === kind).map(({ text }) => text);
  const person = personNames(catalog);
  return {
    summaries: remarks('summary'),
    impacts: remarks('impact'),
    factors: remarks('factor'),
    well: remarks('well'),
    badly: remarks('badly'),
    lucky: remarks('lucky'),
    items: followups.items.map((item) => itemRow(item, person)),
  };
}

function itemRow({ item, text, owner, dueAt, kind, doneAt }: FollowupItem, person: (id: string) => string): ItemRow {
  return { item, text, owner: owner === null ? null : person(owner), dueAt, kind, isDone: doneAt !== null };
}

type FromLedger = Omit<PostmortemModel, keyof FromIncident | keyof FromPeople>;

function fromLedger(input: PostmortemInput): FromLedger {
  const person = personNames(input.catalog);
  const events = storyOf(input.events);
  const moments = milestones(events);
  const measured = metrics(moments);
  const { rows, omittedCount } = timelineRows(events, person);
  const pages = pageRows(events, person);
  const took = (short: string): number | null => measured.find((metric) => metric.short === short)?.ms ?? null;
  return {
    mitigatedMs: took('TTM'),
    resolvedMs: took('TTR'),
    acknowledgedMs: took('TTA'),
    pagedPeopleCount: new Set(pages.flatMap(({ tried }) => tried)).size,
    rto: objective(input, moments, took('TTM')),
    metrics: measured,
    chart: mermaidGantt(redact(`inc-${input.incident.number} ${input.incident.title}`), moments, events),
    timeline: rows,
    timelineOmittedCount: omittedCount,
    roles: roleRows(events, person),
    pages,
    runs: runRows(events, person),
    switches: switchRows(events, person),
    switchesOn: switchesLeftOn(events),
    ...seal(input, events),
  };
}

/** Was the service back within its recovery time objective? Unknown while it is not mitigated. */
function objective({ incident }: PostmortemInput, { mitigated }: Milestones, mitigatedMs: number | null): PostmortemModel['rto'] {
  if (incident.rtoMs === null) return null;
  return { ms: incident.rtoMs, isMet: mitigated === null || mitigatedMs === null ? null : mitigatedMs <= incident.rtoMs };
}

/** The last entry of the story: the chain makes its hash vouch for every entry before it, other incidents' too. */
function seal({ entries }: PostmortemInput, events: readonly Recorded[]): Pick<PostmortemModel, 'sealedPosition' | 'sealedHash'> {
  const last = events.at(-1);
  const entry = entries.find(({ position }) => position === last?.position);
  if (entry === undefined) throw new Error('a postmortem is written from entries and their events together');
  return { sealedPosition: entry.position, sealedHash: entry.hash };
}

/** Our own fields that are not text from people, and that look like a secret or must stay exact. */
const EXACT_FIELDS: ReadonlySet<string> = new Set<keyof PostmortemModel>(['sealedHash', 'chart']);

/** Every string anywhere in plain data, redacted. */
function redactAll<T>(value: T, field = ''): T {
  if (typeof value === 'string') return (EXACT_FIELDS.has(field) ? value : redact(value)) as T;
  if (Array.isArray(value)) return value.map((part) => redactAll(part)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redactAll(part, name)])) as T;
}

/** ASCII letters and digits with single dashes: safe as a file name everywhere. */
export function slug(title: string): string {
  const folded = title.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = folded.replaceAll(/[^a-z0-9]+/g, '-').slice(0, SLUG_CHARS_MAX);
  return words.replaceAll(/^-+|-+$/g, '');
}

function summaryParagraph(model: PostmortemModel): string {
  const parts = [
    `**${escapeMarkdownCell(model.title)}**${model.isDrill ? ' (drill)' : ''}`,
    ...[model.severity, model.service].flatMap((name) => (name === null ? [] : [escapeMarkdownCell(name)])),
    model.mitigatedMs === null ? 'not mitigated yet' : `mitigated after ${sayDuration(model.mitigatedMs)}`,
    model.resolvedMs === null ? 'not resolved yet' : `resolved after ${sayDuration(model.resolvedMs)}`,
    `${model.items.length} action item${model.items.length === 1 ? '' : 's'}`,
  ];
  return `${parts.join(', ')}.`;
}
