import type { IncidentState } from '../../domain/incidents/state.ts';
import { pause } from '../../kit/clock.ts';
import { roomName } from '../../readings/room.ts';
import type { Answer, Heard } from '../ports.ts';
import type { HearPorts } from './hear-ports.ts';

/** A room takes its platform three or four requests of 100 ms; looking costs one indexed row. */
const LOOK_EVERY_MS = 50;

/** What whoever declared is told about a room. */
export interface DeclaredRoom {
  readonly platform: string;
  readonly state: 'open' | 'none' | 'not-yet';
  readonly name: string;
  /** Where it is, once it is open and if the platform has an address for it. */
  readonly url: string | null;
  /** Why there is none. */
  readonly detail: string | null;
}

/**
 * What became of the rooms of an incident that was just declared: the one where it was said, for which it waits as long as the asker does,
 * and those elsewhere that cannot be opened. Empty for every other answer, and for an asker who waits for nothing.
 */
export async function declaredRooms(
  ports: HearPorts,
  heard: Pick<Heard, 'platform' | 'waitsMs'>,
  answered: Answer,
): Promise<DeclaredRoom[]> {
  const { platform, waitsMs = 0 } = heard;
  if (waitsMs <= 0 || !answered.ok || !answered.events.some(({ type }) => type === 'incident.declared')) return [];
  const number = Number(answered.stream.slice('incident/'.length));
  const until = ports.clock.monotonic() + waitsMs;
  for (;;) {
    // It is declared: a ledger that fails just now may not turn the answer into a failure.
    const incident = await ports.readings.housing(number).catch(() => null);
    if (incident === null) return [];
    const isSettled = stateOf(incident, platform) !== 'not-yet' || !incident.platforms.includes(platform);
    if (isSettled || ports.clock.monotonic() >= until) return toldOf(incident, platform);
    await pause(ports.clock, LOOK_EVERY_MS);
  }
}

function stateOf({ rooms, roomless }: IncidentState, platform: string): DeclaredRoom['state'] {
  if (rooms[platform] !== undefined) return 'open';
  return roomless[platform] === undefined ? 'not-yet' : 'none';
}

function toldOf(incident: IncidentState, here: string): DeclaredRoom[] {
  const name = roomName(incident);
  return incident.platforms
    .map((platform) => ({
      platform,
      state: stateOf(incident, platform),
      name,
      url: incident.rooms[platform]?.url ?? null,
      detail: incident.roomless[platform] ?? null,
    }))
    .filter(({ platform, state }) => platform === here || state === 'none');
}
