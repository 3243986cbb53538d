import type { Runbook } from './runbooks/runbook.ts';

/**
 * The catalog: everything `allclear.yaml` and `runbooks/` say, checked and in plain data. Files versioned by git, so not
 * events; an event that depends on them records the answer it used. Times are milliseconds, zones IANA names, wall times "HH:MM".
 */
export interface Catalog {
  readonly organization: string;
  readonly timeZone: string;
  readonly people: Readonly<Record<string, Person>>;
  readonly teams: Readonly<Record<string, Team>>;
  readonly services: Readonly<Record<string, Service>>;
  readonly schedules: Readonly<Record<string, Schedule>>;
  readonly policies: Readonly<Record<string, EscalationPolicy>>;
  /** Most severe first. */
  readonly severities: readonly Severity[];
  readonly roles: Readonly<Record<string, Role>>;
  readonly switches: Readonly<Record<string, SwitchDefinition>>;
  /** First match wins. */
  readonly routes: readonly AlertRoute[];
  readonly runbooks: Readonly<Record<string, Runbook>>;
  readonly incidents: IncidentDefaults;
  /** Chat platform → what is done with its groups and channels. */
  readonly chat: Readonly<Record<string, ChatRules>>;
}

/** Groups are named as the platform names them: handles of user groups on Slack, roles on Discord. Channels by their id. */
export interface ChatRules {
  /** Group → the rank its members have at least, if they are people of the catalog. */
  readonly ranks: Readonly<Record<string, Rank>>;
  /** Severity → channel in which incidents of it are announced. */
  readonly announce: Readonly<Record<string, string>>;
  /** Groups whose members are invited into every room. */
  readonly invite: readonly string[];
  /** Schedule → group whose only members are those on call. */
  readonly onCall: Readonly<Record<string, string>>;
}

export type Rank = 'observer' | 'responder' | 'commander' | 'admin';
export type Urgency = 'high' | 'low';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly rank: Rank;
  readonly email: string | null;
  /** E.164, shown in the room when a page is exhausted. */
  readonly phone: string | null;
  readonly timeZone: string | null;
  /** Where webhook pages go; a secret-free URL. */
  readonly webhook: string | null;
  /** Identities on chat platforms: platform name → that platform's user id. */
  readonly identities: Readonly<Record<string, string>>;
  readonly notify: Readonly<Record<Urgency, readonly NotificationRule[]>>;
}
export interface NotificationRule {
  /** Name of a pager: `chat`, `email`, `webhook`. */
  readonly pager: string;
  readonly afterMs: number;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
}

export interface Service {
  readonly id: string;
  readonly name: string;
  /** 0 is the most critical. */
  readonly tier: 0 | 1 | 2 | 3;
  readonly owner: string | null;
  readonly policy: string | null;
  /** Recovery time objective: how long an outage may last. */
  readonly rtoMs: number | null;
  readonly rpoMs: number | null;
  readonly runbooks: readonly string[];
  readonly switches: readonly string[];
  readonly dependencies: readonly string[];
  readonly dashboards: readonly string[];
}

export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  /** Later layers win where they cover. */
  readonly layers: readonly ScheduleLayer[];
}
export interface ScheduleLayer {
  readonly name: string;
  /** Wall time of the first handover in the schedule's zone, "2026-01-05T09:00". */
  readonly start: string;
  /** End of the layer, same form; null for open end. */
  readonly until: string | null;
  readonly rotation: { readonly every: number; readonly unit: 'hours' | 'days' | 'weeks' };
  readonly people: readonly string[];
  /** When the layer applies; empty means always. `to` at or before `from` runs into the next day. */
  readonly restrictions: readonly ScheduleRestriction[];
}
export interface ScheduleRestriction {
  /** 1 is Monday, 7 is Sunday; empty means every day. The day on which the span begins. */
  readonly days: readonly number[];
  readonly from: string;
  readonly to: string;
}

export type PageTarget =
  | { readonly kind: 'schedule'; readonly id: string }
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'team'; readonly id: string };
export interface EscalationPolicy {
  readonly id: string;
  readonly name: string;
  readonly levels: readonly { readonly targets: readonly PageTarget[]; readonly timeoutMs: number }[];
  /** How often the whole ladder is climbed again after the first time. */
  readonly repeats: number;
  /** Page again this long after an acknowledgement while the incident is not mitigated; null for never. */
  readonly rePageMs: number | null;
}

export interface Severity {
  /** `sev1` … `sev4`. */
  readonly id: string;
  /** 1 is the worst. */
  readonly rank: number;
  readonly label: string;
  readonly description: string;
  readonly urgency: Urgency;
  /** Does declaring at this severity page the service's policy. */
  readonly pages: boolean;
  readonly updateEveryMs: number | null;
}

export interface Role {
  /** `ic`, `ops`, `comms`, `scribe`, `liaison`. */
  readonly id: string;
  readonly name: string;
  /** Sent to the holder; one duty a line. */
  readonly duties: readonly string[];
}

export type SwitchKind = 'kill' | 'read-only' | 'brownout';
export interface SwitchDefinition {
  readonly id: string;
  readonly name: string;
  readonly kind: SwitchKind;
  readonly description: string;
  readonly owner: string | null;
  /** Highest level of a brownout; 1 for on/off switches. */
  readonly levels: number;
  /** Who may approve: people or teams; empty means everybody of commander rank or above. */
  readonly approvers: readonly string[];
  /** How many besides the requester must approve turning it on; 0 needs nobody. Turning off follows `approvalsOff`. */
  readonly approvals: number;
  readonly approvalsOff: number;
  /** A flip request nobody approved dies after this. */
  readonly requestExpiresMs: number;
  /** Turned back by itself after this unless extended; the asker may choose a shorter one. */
  readonly expiresMs: number;
  /** Warn this long before the automatic revert. */
  readonly warnMs: number;
  /** A second person must review a break-glass flip within this. */
  readonly reviewMs: number;
  /** Switches that may not be on at the same time. */
  readonly conflicts: readonly string[];
  /** Each way data is written, and what read-only does to it. */
  readonly writePaths: readonly { readonly name: string; readonly behaviour: 'block' | 'buffer' | 'allow' }[];
}

export interface AlertRoute {
  readonly id: string;
  /** Source the alert came from; null for any. */
  readonly source: string | null;
  /** Label → value it must have, all of them. */
  readonly match: Readonly<Record<string, string>>;
  /** Open an incident, or only take note. */
  readonly action: 'incident' | 'ignore';
  /** A service of the catalog, or null: read it from the label `service` when the catalog knows it. */
  readonly service: string | null;
  /** A severity id, or null: from the label `severity` by `severityLabels`. */
  readonly severity: string | null;
  /** Label value → severity id. */
  readonly severityLabels: Readonly<Record<string, string>>;
  /** Alerts with the same values of these labels share one incident. */
  readonly groupBy: readonly string[];
  /** What happens when every alert of the group is resolved. */
  readonly onResolve: 'resolve' | 'note';
}

export interface IncidentDefaults {
  /** Chat worlds every new incident gets a room on, in order: `console`, `slack`, `discord`. */
  readonly platforms: readonly string[];
  /** Policy paged when the service has none; null pages nobody and says so. */
  readonly policy: string | null;
  /** Runbook offered when the service has none. */
  readonly runbook: string | null;
  /** Does an incident without severity page. */
  readonly unsetSeverityPages: boolean;
  /** Rooms are archived so long after the incident was closed; null for never. */
  readonly archiveAfterMs: number | null;
}
