import type { Readings } from '../../command.ts';
import type { IncidentState } from '../../domain/incidents/state.ts';
import type { PageState } from '../../domain/paging/state.ts';
import type { SwitchState } from '../../domain/switches/state.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Messages } from '../messages.ts';
import type { Answer, CurrentCatalog, Heard, Submit } from '../ports.ts';
import type { CommandSet } from './commands.ts';

export interface HearPorts {
  readonly commands: CommandSet;
  readonly submit: Submit;
  readonly readings: HearReadings;
  readonly switchStates: () => Promise<Readonly<Record<string, SwitchState>>>;
  readonly messages: Messages;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
}
/** What hearing looks at besides what commands look at. */
interface HearReadings extends Readings {
  openPages(limit: number): Promise<readonly PageState[]>;
  answered(key: string): Promise<Answer | null>;
  housing(incident: number): Promise<IncidentState>;
}
/** What somebody said whom the catalog knows. */
export type Known = Heard & { readonly person: string };
