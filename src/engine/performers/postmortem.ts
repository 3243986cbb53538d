import type { FollowupState } from '../../domain/followups/state.ts';
import type { IncidentState } from '../../domain/incidents/state.ts';
import type { Effect } from '../../domain/kernel.ts';
import type { Entry } from '../../ledger/entry.ts';
import { postmortemFile } from '../../readings/postmortem.ts';
import type { Performer } from '../deliver.ts';
import { eventsOf, ledgerEntries } from '../history.ts';
import type { CurrentCatalog, Forge } from '../ports.ts';
import type { States } from '../states.ts';
import type { Store } from '../store-port.ts';
import { inTime } from './in-time.ts';

type Publish = Extract<Effect, { kind: 'postmortem.publish' }>;

export interface PostmortemPorts {
  readonly store: Store;
  readonly states: States;
  readonly catalog: CurrentCatalog;
  readonly forge: Forge;
  /** Fills the postmortem's template. */
  readonly render: (model: object) => string;
}

/** Writes the postmortem from the ledger as it is now and publishes it; asked again, it brings the same one up to date. */
export function createPostmortemPerformer(ports: PostmortemPorts): Performer {
  return {
    async perform(effect, attempt) {
      const number = (effect as Publish).incident;
      const entries: Entry[] = [];
      for await (const page of ledgerEntries(ports.store, { incident: number })) entries.push(...page);
      const incident = (await ports.states.fresh(`incident/${number}`)).state as IncidentState;
      const followups = (await ports.states.fresh(`followup/${number}`)).state as FollowupState;
      const events = await eventsOf(ports.store, entries);
      const file = postmortemFile({ incident, followups, entries, events, catalog: ports.catalog() }, ports.render);
      return inTime(attempt, () => ports.forge.publish(file, attempt));
    },
    buried: (effect, { reason, detail }) => ({ type: 'followup.publish-failed', incident: (effect as Publish).incident, reason, detail }),
    unknown: () => 'repeat',
  };
}
