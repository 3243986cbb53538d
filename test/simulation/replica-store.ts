import type { Store } from '../../src/engine/store-port.ts';
import type { Faults } from './faults.ts';
import type { Life, Wire } from './life.ts';
import type { World } from './world.ts';

/** Shares of calls that faults strike; a seed makes some ten thousand calls. */
const CRASH_SHARE = 0.0004;
const FAILURE_SHARE = 0.004;
const LOST_SHARE = 0.003;
const SLOW_SHARE = 0.02;
const SLOW_MS_MAX = 2_500;
const USUAL_MS_MAX = 12;

export interface StoreWires {
  /** The store cannot be reached by anybody before this time. */
  outageUntil(): number;
}

/** The one store as a replica reaches it: over a wire that is slow, breaks, and outlives no process. */
export function replicaStore(core: Store, life: Life, world: World, faults: Faults, wires: StoreWires): Store {
  function draw(): Wire {
    const latency = faults.of('store-latency');
    const isSlow = faults.strikes('store-latency', SLOW_SHARE);
    const latencyMs = faults.has('store-latency') ? latency.between(0, isSlow ? SLOW_MS_MAX : USUAL_MS_MAX) : 0;
    if (wires.outageUntil() > world.elapsed()) return { latencyMs, failure: 'before', crash: null };
    if (faults.strikes('crash-calls', CRASH_SHARE))
      return { latencyMs, failure: null, crash: faults.of('crash-calls').pick(['before', 'after']) };
    if (faults.strikes('store-failures', FAILURE_SHARE)) return { latencyMs, failure: 'before', crash: null };
    if (faults.strikes('store-lost-answers', LOST_SHARE)) return { latencyMs, failure: 'lost', crash: null };
    return { latencyMs, failure: null, crash: null };
  }
  const over = <Given extends unknown[], Result>(name: string, does: (...given: Given) => Promise<Result>) => {
    return (...given: Given): Promise<Result> => {
      const wire = draw();
      if (wire.failure !== null) world.disturb();
      if (wire.failure === 'lost' && name === 'claim') faults.count('claim whose answer was lost');
      return life.call(name, wire, () => does(...given));
    };
  };
  const { outbox } = core;
  return {
    append: over('append', (commits) => core.append(commits)),
    entries: over('entries', (range) => core.entries(range)),
    streams: over('streams', (query) => core.streams(query)),
    answered: over('answered', (key) => core.answered(key)),
    head: over('head', () => core.head()),
    close: async () => undefined,
    outbox: {
      claim: over('claim', (request) => outbox.claim(request)),
      renew: over('renew', (request) => outbox.renew(request)),
      settle: over('settle', (settlements) => outbox.settle(settlements)),
      release: over('release', (request) => outbox.release(request)),
      nextDue: over('nextDue', (lane) => outbox.nextDue(lane)),
      list: over('list', (query) => outbox.list(query)),
      owedBy: over('owedBy', (range) => outbox.owedBy(range)),
    },
  };
}
