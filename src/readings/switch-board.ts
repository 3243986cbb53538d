import type { Catalog, SwitchDefinition, SwitchKind } from '../domain/catalog.ts';
import { approversOf } from '../domain/switches/approvers.ts';
import { conflictsOf } from '../domain/switches/conflicts.ts';
import { type FlipRequest, initialSwitch, type ReviewDue, type SwitchState } from '../domain/switches/state.ts';
import { sayLevel } from '../domain/switches/wording.ts';

/** One switch as people look at it: what it is, how it stands, what it waits for and who may help. Times are milliseconds. */
export interface SwitchBoardRow {
  readonly id: string;
  readonly name: string;
  readonly kind: SwitchKind;
  readonly description: string;
  readonly owner: string | null;
  readonly levels: number;
  readonly writePaths: SwitchDefinition['writePaths'];
  readonly isOn: boolean;
  readonly level: number;
  /** "on", "off", "level 2". */
  readonly standing: string;
  readonly version: number;
  /** The last flip: when, by whom, why, for which incident; null before the first and where time did it. */
  readonly since: number | null;
  readonly by: string | null;
  readonly approvedBy: readonly string[];
  readonly reason: string | null;
  readonly incident: number | null;
  readonly isBrokenGlass: boolean;
  /** When it turns itself off, and how long that still is; never negative. Null while it is off. */
  readonly expiresAt: number | null;
  readonly leftMs: number | null;
  /** Whoever may approve, review and extend. */
  readonly mayApprove: readonly string[];
  /** How many others must agree to turn it on, and off. */
  readonly approvals: number;
  readonly approvalsOff: number;
  readonly pending: PendingRow | null;
  readonly reviews: readonly ReviewRow[];
  /** Switches that are on and forbid this one. */
  readonly blockedBy: readonly string[];
}
export interface PendingRow {
  readonly request: string;
  readonly to: number;
  readonly change: string;
  readonly reason: string;
  readonly incident: number | null;
  readonly requestedBy: string;
  readonly approvedBy: readonly string[];
  readonly needed: number;
  /** Who could still approve it: not the asker, nobody twice. Empty once it is too old. */
  readonly mayApprove: readonly string[];
  readonly expiresAt: number;
  readonly leftMs: number;
  readonly isRehearsal: boolean;
}
export interface ReviewRow {
  readonly flip: number;
  readonly change: string;
  readonly brokenBy: string;
  readonly reason: string;
  readonly incident: number | null;
  readonly mayReview: readonly string[];
  readonly dueAt: number;
  readonly leftMs: number;
}

/** What an application is told of a switch; nothing of people and reasons. */
export interface SwitchFlag {
  readonly key: string;
  readonly kind: SwitchKind;
  readonly level: number;
  /** Counts the flips. */
  readonly version: number;
  /** Last flip, milliseconds since 1970; null before the first. */
  readonly since: number | null;
  /** The incident it is on for. */
  readonly incident: number | null;
}

type States = Readonly<Record<string, SwitchState>>;

/** Every switch of the catalog, in its order. */
export function switchBoard(catalog: Catalog, states: States, now: number): readonly SwitchBoardRow[] {
  return Object.values(catalog.switches).map((definition) => row(definition, catalog, states, now));
}

function row(definition: SwitchDefinition, catalog: Catalog, states: States, now: number): SwitchBoardRow {
  const { id, name, kind, description, owner, levels, writePaths, approvals, approvalsOff } = definition;
  const state = stateOf(id, states);
  const mayApprove = approversOf(definition, catalog);
  return {
    id,
    name,
    kind,
    description,
    owner,
    levels,
    writePaths,
    isOn: state.level > 0,
    level: state.level,
    standing: sayLevel(kind, state.level),
    version: state.version,
    since: state.since,
    by: state.by,
    approvedBy: state.approvedBy,
    reason: state.reason,
    incident: state.incident,
    isBrokenGlass: state.level > 0 && state.approved.version !== state.version,
    expiresAt: state.expiresAt,
    leftMs: state.expiresAt === null ? null : left(state.expiresAt, now),
    mayApprove,
    approvals,
    approvalsOff,
    pending: state.pending === null ? null : pendingRow(state.pending, mayApprove, now),
    reviews: state.reviews.map((review) => reviewRow(review, mayApprove, now)),
    blockedBy: conflictsOf(id, catalog).filter((other) => stateOf(other, states).level > 0),
  };
}

function pendingRow(pending: FlipRequest, approvers: readonly string[], now: number): PendingRow {
  const { request, to, change, reason, incident, requestedBy, approvedBy, needed, expiresAt, rehearsal } = pending;
  const could = approvers.filter((person) => person !== requestedBy && !approvedBy.includes(person));
  const mayApprove = now >= expiresAt ? [] : could;
  const leftMs = left(expiresAt, now);
  return { request, to, change, reason, incident, requestedBy, approvedBy, needed, mayApprove, expiresAt, leftMs, isRehearsal: rehearsal };
}

function reviewRow({ flip, change, brokenBy, reason, incident, dueAt }: ReviewDue, approvers: readonly string[], now: number): ReviewRow {
  const mayReview = approvers.filter((person) => person !== brokenBy);
  return { flip, change, brokenBy, reason, incident, mayReview, dueAt, leftMs: left(dueAt, now) };
}

/** Every switch of the catalog as applications see it. */
export function switchFlags(catalog: Catalog, states: States): readonly SwitchFlag[] {
  return Object.values(catalog.switches).map(({ id, kind }) => {
    const { level, version, since, incident } = stateOf(id, states);
    return { key: id, kind, level, version, since, incident: level > 0 ? incident : null };
  });
}

/** A switch nobody has flipped has no stream yet. */
function stateOf(id: string, states: States): SwitchState {
  return (Object.hasOwn(states, id) ? states[id] : undefined) ?? initialSwitch(`switch/${id}`);
}

function left(until: number, now: number): number {
  return Math.max(0, until - now);
}
