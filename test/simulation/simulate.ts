import type { Actor, AskedAct } from '../../src/domain/kernel.ts';
import { createMessages, type Messages } from '../../src/engine/messages.ts';
import type { Lane } from '../../src/engine/store-port.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { chance } from './chance.ts';
import { createClients } from './clients.ts';
import { judgeEnding } from './end-laws.ts';
import { consentTo, createEventLaws } from './event-laws.ts';
import { createFarEnds } from './far-ends.ts';
import { createFaults, drawFaults, type Fault, type Faults } from './faults.ts';
import { MUTANTS, openRequest } from './mutants.ts';
import { createPeople } from './people.ts';
import { createReplica, type Replica } from './replica.ts';
import { startOf, startTrouble } from './trouble.ts';
import { createWitness } from './witness.ts';
import { createWorld, type Violation, type World } from './world.ts';

export interface Simulation {
  readonly seed: number;
  readonly hours: number;
  /** Instead of those the seed draws. */
  readonly faults?: ReadonlySet<Fault>;
  readonly mutant?: string;
  readonly told?: (line: string) => void;
}
export interface Report {
  readonly seed: number;
  readonly hours: number;
  readonly faults: readonly Fault[];
  readonly violations: readonly Violation[];
  readonly digest: string;
  readonly lastLines: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly events: number;
  readonly entries: number;
}

/** Without faults and without people everything comes to its end within this: two rounds of the longest ladder, twice. */
const QUIET_MS = 110 * MINUTE_MS;
const QUIET_SHARE_MAX = 0.6;
/** People stay a little longer than the faults. */
const STAY_MS = 5 * MINUTE_MS;
const SWEEP_EVERY_MS = 5_000;
const TELL_MS_MAX = 50;
const TELL_LOST_SHARE = 0.1;

let messages: Messages | null = null;

/** Plays one night by its seed: the same seed plays the same night. */
export async function simulate({ seed, hours, faults: given, mutant: mutantName, told }: Simulation): Promise<Report> {
  const on = given ?? drawFaults(seed);
  const lengthMs = hours * HOUR_MS;
  const healMs = Math.max(lengthMs - QUIET_MS, lengthMs * (1 - QUIET_SHARE_MAX));
  const replicas: Replica[] = [];
  const world = createWorld({ startAt: startOf(seed, on), ...(told === undefined ? {} : { told }) });
  const faults = createFaults(seed, on, world, healMs);
  const { store: core, database } = await openSqliteStore(':memory:');
  const mutant = mutantName === undefined ? null : mutantOf(mutantName)(database);
  const consents = new Set<string>();
  const laws = createEventLaws(world, consents, faults.count);
  const witness = createWitness(world, laws, core, faults.count);
  const outages = startTrouble(world, faults, replicas);
  const farEnds = createFarEnds(world, faults, outages.farEndsUntil, { sent: witness.sent, rang: (sending) => people.hear(sending) });
  messages ??= createMessages('templates/messages', () => exampleCatalog);
  const around = { seed, world, faults, core, farEnds, catalog: exampleCatalog, messages, mutant, watch: witness.watch };
  const wires = { outageUntil: outages.storeUntil };
  const tell = telling(seed, world, replicas);
  for (let number = 0; number < sizeOf(on); number += 1) replicas.push(createReplica({ ...around, wires, tell }, number));
  const sent = async (actor: Actor, act: AskedAct): Promise<AskedAct> => {
    const id = String(act['switch']);
    if (act.type === 'switch.approve') consents.add(consentTo(id, String(act['request']), actor.slice('person:'.length)));
    return act.type === 'switch.approve' && mutant?.ask !== undefined ? mutant.ask(act, await openRequest(database, id)) : act;
  };
  const clients = createClients(seed, world, faults, replicas, sent);
  const people = createPeople(seed, world, faults, clients, healMs + STAY_MS);
  for (const replica of replicas) replica.start();
  if (replicas.length > 1) sweep(world, faults, witness.dueLanes, replicas);
  people.start();
  await world.play(lengthMs);
  if (world.violations.length === 0) await judgeEnding({ world, core, laws, farEnds, effects: witness.effects, asked: clients.asked });
  const { position, hash } = await core.head();
  world.trace(`the ledger ends at ${position} with ${hash}`);
  await core.close();
  countWhatCame(faults, on, laws.pages.size);
  const { violations } = world;
  const found = { violations, digest: world.digest(), lastLines: world.lastLines(), counts: faults.counts };
  return { seed, hours, faults: [...on], ...found, events: world.events(), entries: position };
}

function mutantOf(name: string) {
  const found = MUTANTS[name];
  if (found === undefined) throw new Error(`there is no mutant ${name}; there are ${Object.keys(MUTANTS).join(', ')}`);
  return found;
}

function sizeOf(on: ReadonlySet<Fault>): number {
  return 1 + (on.has('two-replicas') ? 1 : 0) + (on.has('three-replicas') ? 1 : 0);
}

/** One replica tells the others what it promised; now and then nobody hears it. */
function telling(seed: number, world: World, replicas: readonly Replica[]) {
  const draw = chance(seed, 'between replicas');
  return (from: number, lane: Lane, dueAt: number): void => {
    if (replicas.length === 1) return;
    const [isLost, travelMs] = [draw.hits(TELL_LOST_SHARE), draw.between(1, TELL_MS_MAX)];
    if (isLost) return;
    for (const [number, replica] of replicas.entries())
      if (number !== from) world.after(Math.max(travelMs, dueAt - world.now()), () => replica.nudge(lane));
  };
}

/** What nobody was told of is found by looking: several replicas share a sweeper, as a queue outside of them gives. */
function sweep(world: World, faults: Faults, dueLanes: () => ReadonlySet<Lane>, replicas: readonly Replica[]): void {
  world.after(SWEEP_EVERY_MS, () => {
    for (const lane of dueLanes()) {
      faults.count('found by the sweeper');
      for (const replica of replicas) replica.nudge(lane);
    }
    sweep(world, faults, dueLanes, replicas);
  });
}

function countWhatCame(faults: Faults, on: ReadonlySet<Fault>, pages: number): void {
  for (const fault of ['daylight-saving', 'two-replicas', 'three-replicas'] as const) if (on.has(fault)) faults.count(fault);
  for (let page = 0; page < pages; page += 1) faults.count('pages');
}
