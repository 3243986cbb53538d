/** A parsed runbook: Markdown with one `##` heading per step. Plain data; the run's first event keeps a copy. */
export interface Runbook {
  readonly id: string;
  readonly title: string;
  /** How long the whole run should take; checkpoints are asked against this clock. */
  readonly clockMs: number;
  readonly match: RunbookMatch;
  readonly checkpoints: readonly Checkpoint[];
  readonly steps: readonly RunbookStep[];
  /** File the runbook was read from, for messages. */
  readonly file: string;
}
export interface RunbookMatch {
  readonly severity: readonly string[];
  readonly service: readonly string[];
  readonly alert: readonly string[];
}
/** A moment on the clock at which the room must choose. */
export interface Checkpoint {
  /** How people name it: `5m`, unique in the runbook. */
  readonly id: string;
  readonly afterMs: number;
  readonly question: string;
  readonly options: readonly StepOption[];
}
export interface StepOption {
  readonly id: string;
  readonly label: string;
  /** A step to jump to, when choosing this leads somewhere else than to the next one. */
  readonly go: string | null;
}
export interface RunbookStep {
  /** Slug of the heading, unique in the runbook. */
  readonly id: string;
  readonly title: string;
  /** Markdown for people; what the fenced block does not say. */
  readonly prose: string;
  readonly budgetMs: number | null;
  /** How often a request that may be repeated is made again before the step counts as failed. */
  readonly retries: number;
  /** Only run when this choice was made; null for always. */
  readonly when: StepCondition | null;
  readonly approve: StepApproval | null;
  readonly does: StepDoes;
  /** Line of the heading in the file. */
  readonly line: number;
}
export interface StepCondition {
  /** An earlier step of kind `choose`. */
  readonly step: string;
  /** Any of these options. */
  readonly chose: readonly string[];
}
/** `count` different people, one of whom must hold `role` in the incident. */
export interface StepApproval {
  readonly role: string | null;
  readonly count: number;
}
export type StepDoes =
  | { readonly do: 'manual' }
  | { readonly do: 'choose'; readonly options: readonly StepOption[] }
  | { readonly do: 'approve' }
  | { readonly do: 'wait-for'; readonly url: string; readonly status: number; readonly everyMs: number; readonly timeoutMs: number }
  | {
      readonly do: 'http';
      readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
      readonly url: string;
      /** A value `secret:NAME` stands for a secret that is looked up when the request is made; the ledger only has its name. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
      /** Empty: anything from 200 to 299. */
      readonly expectStatus: readonly number[];
      readonly timeoutMs: number;
    }
  | { readonly do: 'switch'; readonly switch: string; readonly to: number; readonly reason: string; readonly ttlMs: number | null }
  | { readonly do: 'role'; readonly role: string }
  | { readonly do: 'update'; readonly text: string };

/**
 * True when doing it changes something outside the run. Such steps are never repeated without a person asking for
 * exactly that: not after an unknown outcome, and not when the run goes back.
 */
export function changesTheWorld(does: StepDoes): boolean {
  if (does.do === 'http') return does.method !== 'GET';
  return does.do === 'switch' || does.do === 'role' || does.do === 'update';
}
