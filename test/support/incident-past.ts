import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';

type Declared = Extract<IncidentEvent, { type: 'incident.declared' }>;

/** "Checkout is down", at sev1 unless told otherwise: how most incidents of the tests begin. */
export function declaredEvent(change: Partial<Declared['data']> = {}): Declared {
  return {
    type: 'incident.declared',
    data: {
      title: 'Checkout is down',
      description: null,
      kind: 'incident',
      severity: 'sev1',
      status: 'investigating',
      service: 'checkout',
      owner: 'payments',
      tier: 0,
      rtoMs: 15 * MINUTE_MS,
      runbooks: [],
      switches: ['read-only', 'payments-off'],
      platforms: ['console'],
      alertGroup: null,
      startedAt: null,
      updateEveryMs: 15 * MINUTE_MS,
      ...change,
    },
  };
}
