import type { Button } from '../../readings/document.ts';
import type { SwitchBoardRow } from '../../readings/switch-board.ts';
import { buttonsHtml } from './draw.ts';
import { moment, nameOf, namesOf, until, type Viewer } from './viewer.ts';

/** One switch, for `switch.html.hbs`. */
export function switchModel(row: SwitchBoardRow, viewer: Viewer): object {
  const { id, name, kind, description, isOn, standing, reason, incident, since, by, expiresAt, isBrokenGlass, writePaths } = row;
  return {
    id,
    name,
    kind: KINDS[kind],
    description,
    isOn,
    standing,
    reason: isOn ? reason : null,
    incident: isOn ? incident : null,
    since: since === null ? null : moment(since, viewer),
    by: by === null ? null : nameOf(viewer, by),
    approvedBy: isOn && row.approvedBy.length > 0 ? namesOf(viewer, row.approvedBy) : '',
    expires: expiresAt === null ? null : until(expiresAt, viewer),
    isBrokenGlass,
    writePaths: isOn ? writePaths.map(({ name: path, behaviour }) => ({ name: path, behaviour })) : [],
    blockedBy: isOn ? '' : row.blockedBy.map((other) => viewer.catalog.switches[other]?.name ?? other).join(', '),
    pending: pendingModel(row, viewer),
    reviews: row.reviews.map((review) => reviewModel(id, review, viewer)),
    // What cannot be on together is not offered; asking for it would only be refused.
    buttons: row.pending === null && (isOn || row.blockedBy.length === 0) ? buttonsHtml(flipButtons(row)) : '',
    hasLevels: row.levels > 1,
  };
}

const KINDS: Readonly<Record<SwitchBoardRow['kind'], string>> = { kill: 'Kill switch', 'read-only': 'Read-only', brownout: 'Brownout' };

function pendingModel({ id, pending }: SwitchBoardRow, viewer: Viewer): object | null {
  if (pending === null) return null;
  const { request, change, reason, requestedBy, approvedBy, needed, mayApprove, expiresAt, isRehearsal } = pending;
  const isOwn = requestedBy === viewer.person.id;
  const answer: readonly Button[] = [
    { label: 'Approve', command: `approve ${id} ${request}`, style: 'primary' },
    { label: 'Decline', command: `decline ${id} ${request}`, style: 'danger' },
  ];
  return {
    change,
    reason,
    by: nameOf(viewer, requestedBy),
    isOwn,
    isRehearsal,
    missing: needed - approvedBy.length,
    approvedBy: namesOf(viewer, approvedBy),
    mayApprove: namesOf(viewer, mayApprove),
    expires: until(expiresAt, viewer),
    // Whoever may not is told so when they try: permission is judged at the one door, not here.
    buttons: isOwn ? '' : buttonsHtml(answer),
  };
}

function reviewModel(id: string, review: SwitchBoardRow['reviews'][number], viewer: Viewer): object {
  const { flip, change, brokenBy, reason, mayReview, dueAt } = review;
  const buttons: readonly Button[] = [
    { label: 'It was right', command: `switch ${id} confirm ${flip}`, style: 'primary' },
    { label: 'Undo it', command: `switch ${id} reject ${flip}`, style: 'danger' },
  ];
  const isOwn = brokenBy === viewer.person.id;
  return {
    change,
    reason,
    by: nameOf(viewer, brokenBy),
    mayReview: namesOf(viewer, mayReview),
    due: until(dueAt, viewer),
    buttons: isOwn ? '' : buttonsHtml(buttons),
  };
}

function flipButtons({ id, isOn, level, levels, approvals, approvalsOff }: SwitchBoardRow): readonly Button[] {
  const ask = (needed: number, words: string): string => (needed > 0 ? `Ask to ${words}` : words.charAt(0).toUpperCase() + words.slice(1));
  const off: Button = { label: ask(approvalsOff, 'turn off'), command: `switch ${id} off`, style: 'plain' };
  if (levels > 1) {
    const others = Array.from({ length: levels }, (_, index) => index + 1).filter((other) => other !== level);
    const steps = others.map(
      (other): Button => ({ label: ask(approvals, `level ${other}`), command: `switch ${id} on ${other}`, style: 'plain' }),
    );
    return isOn ? [...steps, off] : steps;
  }
  if (isOn) return [off, { label: 'Extend', command: `switch ${id} extend`, style: 'plain' }];
  return [{ label: ask(approvals, 'turn on'), command: `switch ${id} on`, style: 'plain' }];
}
