import type { IncidentState } from '../domain/incidents/state.ts';
import type { PageState } from '../domain/paging/state.ts';
import type { RunState } from '../domain/runbooks/state.ts';
import type { SwitchState } from '../domain/switches/state.ts';

/** Everything about one incident as it is now. */
export interface IncidentView {
  readonly incident: IncidentState;
  /** Oldest first. */
  readonly pages: readonly PageState[];
  /** The runbook run under way or finished last; null before the first. */
  readonly run: RunState | null;
  /** Switches of the service, and any other that was flipped for this incident or waits for approval. */
  readonly switches: readonly SwitchState[];
}
