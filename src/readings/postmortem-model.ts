import type { Catalog } from '../domain/catalog.ts';
import type { FollowupState } from '../domain/followups/state.ts';
import type { IncidentState } from '../domain/incidents/state.ts';
import type { Recorded } from '../domain/kernel.ts';
import type { Entry } from '../ledger/entry.ts';

/** Everything a postmortem is written from; nothing else gets in. */
export interface PostmortemInput {
  readonly incident: IncidentState;
  readonly followups: FollowupState;
  /** Everything in the ledger that belongs to the incident, in order: as stored, for the hashes … */
  readonly entries: readonly Pick<Entry, 'position' | 'hash'>[];
  /** … and read, brought up to today's schema. */
  readonly events: readonly Recorded[];
  /** Names of people, services and severities. */
  readonly catalog: Catalog;
}

/** An end of a measured span: what it is, when, and which ledger entry says so. */
export interface Milestone {
  readonly label: string;
  readonly at: number;
  readonly position: number;
}
export interface Metric {
  readonly short: 'TTD' | 'TTA' | 'TTM' | 'TTR';
  readonly name: string;
  /** Null when an end is missing; then `missing` says which. */
  readonly ms: number | null;
  readonly from: Milestone | null;
  readonly to: Milestone | null;
  readonly missing: string | null;
}

export interface TimelineRow {
  /** When it happened, for a pinned message when it was said. */
  readonly at: number;
  readonly who: string;
  readonly text: string;
  readonly position: number;
}
export interface RoleRow {
  readonly role: string;
  readonly person: string;
  readonly fromAt: number;
  readonly untilAt: number | null;
}
export interface PageRow {
  readonly page: string;
  readonly policy: string | null;
  readonly startedAt: number;
  readonly tried: readonly string[];
  readonly deliveredCount: number;
  readonly failedCount: number;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedMs: number | null;
  readonly end: string;
  readonly position: number;
}
export interface RunRow {
  readonly title: string;
  readonly isDry: boolean;
  readonly startedAt: number;
  /** What the runbook promises for the whole. */
  readonly clockMs: number;
  /** What it took by the run's clock; null while it is under way. */
  readonly elapsedMs: number | null;
  readonly outcome: string;
  readonly steps: readonly RunStepRow[];
  readonly checkpoints: readonly RunCheckpointRow[];
  readonly position: number;
}
export interface RunStepRow {
  readonly id: string;
  readonly title: string;
  readonly outcome: string;
  readonly budgetMs: number | null;
  /** From its first beginning to its last end; null when it has none. */
  readonly tookMs: number | null;
  /** It took longer than its budget. */
  readonly isOver: boolean;
  readonly by: string | null;
  readonly note: string | null;
}
export interface RunCheckpointRow {
  readonly id: string;
  readonly afterMs: number;
  readonly question: string;
  readonly choice: string | null;
  readonly by: string | null;
}
export interface SwitchRow {
  readonly at: number;
  readonly name: string;
  readonly change: string;
  readonly how: string;
  readonly askedBy: string | null;
  readonly approvedBy: readonly string[];
  readonly reason: string;
  readonly position: number;
}
export interface ItemRow {
  readonly item: number;
  readonly text: string;
  readonly owner: string | null;
  readonly dueAt: number | null;
  readonly kind: string;
  readonly isDone: boolean;
}

/** What `templates/postmortem.md.hbs` is filled with. Text is redacted and still unescaped: escaping is the template's. */
export interface PostmortemModel {
  readonly number: number;
  readonly title: string;
  readonly organization: string;
  readonly isDrill: boolean;
  readonly status: string;
  readonly severity: string | null;
  readonly service: string | null;
  readonly tier: number | null;
  readonly description: string | null;
  readonly declaredAt: number;
  readonly declaredBy: string;
  readonly mitigatedMs: number | null;
  readonly resolvedMs: number | null;
  readonly pagedPeopleCount: number;
  readonly acknowledgedMs: number | null;
  readonly rto: { readonly ms: number; readonly isMet: boolean | null } | null;
  readonly summaries: readonly string[];
  readonly impacts: readonly string[];
  readonly factors: readonly string[];
  readonly well: readonly string[];
  readonly badly: readonly string[];
  readonly lucky: readonly string[];
  readonly metrics: readonly Metric[];
  /** Body of a Mermaid block. */
  readonly chart: string;
  readonly timeline: readonly TimelineRow[];
  /** Rows left out of the middle of a very long timeline. */
  readonly timelineOmittedCount: number;
  readonly roles: readonly RoleRow[];
  readonly pages: readonly PageRow[];
  readonly runs: readonly RunRow[];
  readonly switches: readonly SwitchRow[];
  /** Names of switches that were on when this was written. */
  readonly switchesOn: readonly string[];
  readonly items: readonly ItemRow[];
  /** The last entry this was written from: its hash vouches for every entry before it. */
  readonly sealedPosition: number;
  readonly sealedHash: string;
}
