import type { Settlement } from '../engine/store-port.ts';
import { storableText } from './postgres-text.ts';

/** Settlements as one array for each column: effect, fence, state, reason, detail. */
export function settlementColumns(settlements: readonly Settlement[]) {
  const column = <Name extends keyof Settlement>(name: Name): Settlement[Name][] => settlements.map((settlement) => settlement[name]);
  return [column('effect'), column('fence'), column('state'), column('reason'), column('detail').map(storableText)] as const;
}
