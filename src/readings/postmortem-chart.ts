import type { Recorded } from '../domain/kernel.ts';
import { readableText } from '../kit/escape.ts';
import { wallClock, wallDate } from '../kit/wall-time.ts';
import { isType } from './postmortem-events.ts';
import type { Milestones } from './postmortem-metrics.ts';
import type { Milestone } from './postmortem-model.ts';

/** More marks than this cannot be told apart on a screen. */
const MARKS_MAX = 24;
const LABEL_CHARS_MAX = 60;

/**
 * A Mermaid gantt chart (mermaid.js.org/syntax/gantt.html), the body of a fenced block that GitHub draws: the phases as bars, what turned
 * the story as milestones. Times are UTC wall times; Mermaid reads and shows them in one and the same zone, so they stay as written.
 */
export function mermaidGantt(title: string, moments: Milestones, events: readonly Recorded[]): string {
  const bars = phases(moments);
  const marks = markedEvents(events);
  const lines = ['gantt', `  title ${mermaidText(title)} (UTC)`, '  dateFormat YYYY-MM-DD HH:mm:ss', '  axisFormat %H:%M'];
  if (bars.length > 0) lines.push('  section Phases', ...bars);
  if (marks.length > 0) lines.push('  section Events', ...marks.map(({ label, at }) => `  ${label} :milestone, ${moment(at)}, 0s`));
  return lines.join('\n');
}

/** One line of Mermaid that is never read as its syntax: letters, digits and a few marks; colons, semicolons, hashes and braces end things there. */
export function mermaidText(text: string): string {
  const words = readableText(text)
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N} .,()/_-]/gu, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
  const shown = [...words].slice(0, LABEL_CHARS_MAX).join('').trim();
  return shown === '' ? '-' : shown;
}

function moment(at: number): string {
  return `${wallDate(at, 'UTC')} ${wallClock(at, 'UTC', true)}`;
}

function phases({ began, declared, acknowledged, mitigated, resolved }: Milestones): readonly string[] {
  const isEarly = acknowledged !== null && (mitigated === null || acknowledged.at < mitigated.at);
  const spans: readonly (readonly [string, string, Milestone | null, Milestone | null])[] = [
    ['Undetected', 'crit, ', began, declared],
    ['Until acknowledged', 'crit, ', declared, isEarly ? acknowledged : null],
    ['Until mitigated', 'active, ', isEarly ? acknowledged : declared, mitigated],
    ['Until resolved', 'done, ', mitigated, resolved],
  ];
  return spans.flatMap(([name, tag, from, to]) => {
    if (from === null || to === null || to.at <= from.at) return [];
    return [`  ${name} :${tag}${moment(from.at)}, ${moment(to.at)}`];
  });
}

interface Mark {
  readonly label: string;
  readonly at: number;
}

/** What turned the story. When there is too much, the first and the last turns stay. */
function markedEvents(events: readonly Recorded[]): readonly Mark[] {
  const marks = events.flatMap((event): Mark[] => {
    const label = markLabel(event);
    return label === null ? [] : [{ label: mermaidText(label), at: event.at }];
  });
  if (marks.length <= MARKS_MAX) return marks;
  return [...marks.slice(0, MARKS_MAX / 2), ...marks.slice(-MARKS_MAX / 2)];
}

/** Every label begins with a word of ours, so that none is one of Mermaid's keywords. */
function markLabel(event: Recorded): string | null {
  if (isType(event, 'incident.declared')) return event.data.severity === null ? 'Declared' : `Declared ${event.data.severity}`;
  if (isType(event, 'page.acknowledged')) return `Page ${event.data.page} acknowledged`;
  if (isType(event, 'page.exhausted')) return `Page ${event.data.page} exhausted`;
  if (isType(event, 'incident.regraded')) return `Severity now ${event.data.to}`;
  if (isType(event, 'incident.status-changed')) return `Status ${event.data.to}`;
  if (isType(event, 'switch.flipped')) return `Switch ${event.data.name} ${event.data.change.replace('→', 'to')}`;
  if (isType(event, 'incident.resolved')) return 'Resolved';
  if (isType(event, 'incident.reopened')) return 'Reopened';
  return isType(event, 'incident.canceled') ? 'Canceled' : null;
}
