import type { Actor, AskedAct } from '../../src/domain/kernel.ts';
import type { Answer } from '../../src/engine/ports.ts';
import { chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Replica } from './replica.ts';
import type { World } from './world.ts';

/** One delivery, however often it was sent, with every answer it got. */
export interface Asked {
  readonly key: string;
  readonly answers: Answer[];
}
/** People's chat clients and alert sources: they send again until they are answered, to whichever replica there is. */
export interface Clients {
  ask(actor: Actor, act: AskedAct, told?: (answer: Answer) => void): void;
  readonly asked: readonly Asked[];
}

const AGAIN_MS = 4_000;
const PATIENCE_MS = 15_000;
const DUPLICATE_SHARE = 0.25;
const DUPLICATE_MS_MAX = 600_000;
const REORDER_SHARE = 0.25;
const REORDER_MS_MAX = 30_000;

export function createClients(
  seed: number,
  world: World,
  faults: Faults,
  replicas: readonly Replica[],
  sent: (actor: Actor, act: AskedAct) => Promise<AskedAct>,
): Clients {
  const asked: Asked[] = [];
  const draw = chance(seed, 'clients');
  function deliver(key: string, actor: Actor, act: AskedAct, answered: (answer: Answer) => void): void {
    const ready = replicas.filter((replica) => replica.isUp());
    const again = (): void => void world.after(AGAIN_MS, () => deliver(key, actor, act, answered));
    if (ready.length === 0) {
      again();
      return;
    }
    let isOver = false;
    const patience = world.after(PATIENCE_MS, () => {
      if (isOver) return;
      isOver = true;
      again();
    });
    const end = (): boolean => {
      const wasOver = isOver;
      isOver = true;
      patience();
      return wasOver;
    };
    void world.during(sent(actor, act)).then((really) => {
      const answering = draw.pick(ready).submit({ act: really, actor, key });
      if (answering === null) {
        if (!end()) again();
        return;
      }
      void answering.then((answer) => {
        world.touch();
        const wasOver = end();
        if (!answer.ok && answer.code === 'not_kept') {
          if (!wasOver) again();
        } else answered(answer);
      });
    });
  }
  return {
    asked,
    ask(actor, act, told) {
      const one: Asked = { key: `key-${asked.length + 1}`, answers: [] };
      asked.push(one);
      const answered = (answer: Answer): void => {
        world.trace(`${one.key} ${act.type} by ${actor}: ${answer.ok ? answer.events.map(({ type }) => type).join(' ') : answer.code}`);
        one.answers.push(answer);
        if (one.answers.length === 1) told?.(answer);
      };
      const waitMs = faults.strikes('inbound-reordered', REORDER_SHARE) ? draw.between(0, REORDER_MS_MAX) : 0;
      world.after(waitMs, () => deliver(one.key, actor, act, answered));
      if (!faults.strikes('inbound-duplicates', DUPLICATE_SHARE)) return;
      const laterMs = draw.hits(0.5) ? 0 : draw.between(0, DUPLICATE_MS_MAX);
      world.after(waitMs + laterMs, () => deliver(one.key, actor, act, answered));
    },
  };
}
