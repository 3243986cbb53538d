import { createDoor, type Door } from '../../../src/engine/door.ts';
import type { Store } from '../../../src/engine/store-port.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { systemRandomness } from '../../../src/kit/randomness.ts';
import { exampleCatalog } from '../../support/catalog.ts';

export function openDoor(store: Store): Door {
  return createDoor({ store, catalog: () => exampleCatalog, clock: systemClock, randomness: systemRandomness, wake: () => undefined });
}

export async function declare(door: Door, title: string): Promise<void> {
  const about = { severity: null, service: null, triage: false, alertGroup: null, description: null, startedAt: null };
  await door.submit({ act: { type: 'incident.declare', title, kind: 'incident', ...about }, actor: 'person:ana' });
}

export async function note(door: Door, key: string, incident = 1): Promise<void> {
  const answer = await door.submit({ act: { type: 'incident.note', incident, text: `note ${key}` }, actor: 'person:ana', key });
  if (!answer.ok) throw new Error(answer.sentence);
}
