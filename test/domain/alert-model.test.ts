import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AlertAct } from '../../src/domain/alerts/acts.ts';
import { alertDomain } from '../../src/domain/alerts/domain.ts';
import type { AlertEvent } from '../../src/domain/alerts/events.ts';
import type { AlertGroupState } from '../../src/domain/alerts/state.ts';
import type { AskedAct } from '../../src/domain/kernel.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/kit/duration.ts';
import { given, NOW, type Situation } from '../support/given.ts';

const group = '0123456789abcdef';

/** What can happen around a group: its source speaks, speaks again, an ask is carried out, somebody ends the incident. */
type Move =
  | { readonly move: 'fire' | 'end'; readonly alert: number }
  | { readonly move: 'repeat'; readonly message: number }
  | { readonly move: 'deliver' }
  | { readonly move: 'resolve by hand' };

const moves: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ move: fc.constantFrom('fire' as const, 'end' as const), alert: fc.nat(2) }),
  fc.record({ move: fc.constant('repeat' as const), message: fc.nat(50) }),
  { weight: 3, arbitrary: fc.record({ move: fc.constant('deliver' as const) }) },
  fc.record({ move: fc.constant('resolve by hand' as const) }),
);

/** A source, the incidents and the asks between them, played around the real domain. */
class World {
  story: Situation<AlertGroupState, AlertEvent, AlertAct> = given(alertDomain, `alerts/${group}`);
  asks: AskedAct[] = [];
  now = NOW;
  live: number | null = null;
  declared = 0;
  /** Alerts that fired when somebody ended the incident: silence about them is their wish. */
  readonly excused = new Set<number>();
  readonly said: AlertAct[] = [];
  /** Alert → when its episode began; absent while it is quiet. */
  readonly truth = new Map<number, number>();

  tell(act: AlertAct): void {
    const after = this.story.when(act, { now: this.now });
    this.story = after;
    // Timers lie far ahead; everything else is carried out in order.
    for (const effect of after.effects) if (effect.kind === 'ask' && effect.dueAt === undefined) this.asks.push(effect.act);
  }

  speak(alert: number, status: 'firing' | 'resolved', startedAt: number): void {
    const endedAt = status === 'resolved' ? this.now : null;
    const said: AlertAct = {
      type: 'alert.receive',
      group,
      route: 'all',
      service: null,
      severity: null,
      onResolve: 'resolve',
      alert: { source: 'test', fingerprint: `f${alert}`, status, title: 'T', description: '', labels: {}, url: null, startedAt, endedAt },
    };
    this.said.push(said);
    this.tell(said);
  }

  deliver(): void {
    const ask = this.asks.shift();
    if (ask?.type === 'incident.declare') {
      expect(this.live, 'a second incident for the same group').toBeNull();
      this.declared += 1;
      this.live = this.declared;
      this.asks.push({ type: 'alert.bind', group, incident: this.live, platforms: [] });
    } else if (ask?.type === 'incident.alerts-resolved') {
      if (ask['incident'] === this.live) this.end();
    } else if (ask !== undefined) this.tell(ask as unknown as AlertAct);
  }

  end(): void {
    this.live = null;
    this.asks.push({ type: 'alert.release', group, endedAt: this.now });
  }

  play(move: Move): void {
    this.now += SECOND_MS;
    if (move.move === 'deliver') this.deliver();
    else if (move.move === 'resolve by hand') this.endByHand();
    else if (move.move === 'repeat') this.repeat(move.message);
    else this.change(move.alert, move.move === 'fire');
  }

  endByHand(): void {
    if (this.live === null) return;
    for (const alert of this.truth.keys()) this.excused.add(alert);
    this.end();
  }

  repeat(message: number): void {
    const said = this.said[message % Math.max(1, this.said.length)];
    if (said !== undefined) this.tell(said);
  }

  change(alert: number, fires: boolean): void {
    const began = this.truth.get(alert);
    if (fires === (began !== undefined)) return;
    this.excused.delete(alert);
    if (fires) this.truth.set(alert, this.now);
    else this.truth.delete(alert);
    this.speak(alert, fires ? 'firing' : 'resolved', began ?? this.now);
  }
}

it('never has two incidents at once, and none only when nothing fires or a person said so, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(moves, { maxLength: 60 }), (played) => {
      const world = new World();
      for (const move of played) world.play(move);
      for (let round = 0; world.asks.length > 0; round += 1) {
        expect(round, 'the asks come to an end').toBeLessThan(100);
        world.deliver();
      }
      const covered = world.live !== null && world.story.state.incident === world.live;
      if ([...world.truth.keys()].some((alert) => !world.excused.has(alert)))
        expect(covered, 'something fires and nobody knows').toBe(true);
      if (world.truth.size === 0) expect(world.live, 'an incident stayed open in silence').toBeNull();
    }),
    { numRuns: 1_000 },
  );
});

it('gives up no alert even when a person ended its incident, once it goes on for long', () => {
  const world = new World();
  world.play({ move: 'fire', alert: 0 });
  for (const move of ['deliver', 'deliver', 'resolve by hand', 'deliver'] as const) world.play({ move });
  expect(world.live).toBeNull();
  world.now += 60 * MINUTE_MS;
  world.play({ move: 'repeat', message: 0 });
  world.play({ move: 'deliver' });
  expect(world.live).toBe(2);
});
