import type { Settlement } from '../engine/store-port.ts';
import { placeOf } from './outbox.ts';
import { storableText } from './postgres-text.ts';

/** The places of effects, in an array of positions and one of numbers. */
export function placeColumns(effects: readonly string[]): readonly [positions: readonly number[], numbers: readonly number[]] {
  const places = effects.map(placeOf);
  return [places.map(({ position }) => position), places.map(({ number }) => number)];
}

/** Settlements as one array for each column: position, number and id of the effect, fence, state, reason, detail. */
export function settlementColumns(settlements: readonly Settlement[]) {
  const column = <Name extends keyof Settlement>(name: Name): Settlement[Name][] => settlements.map((settlement) => settlement[name]);
  return [
    ...placeColumns(column('effect')),
    column('effect'),
    column('fence'),
    column('state'),
    column('reason'),
    column('detail').map(storableText),
  ] as const;
}
