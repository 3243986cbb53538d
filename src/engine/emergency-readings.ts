import { incidentOfPage } from '../domain/paging/acts.ts';
import type { Bot } from './bot.ts';
import { type Emergency, holds } from './emergency.ts';
import type { EngineReadings } from './readings.ts';

type Emergencies = readonly { readonly emergency: Emergency; readonly bot: Bot }[];

/**
 * Readings that go on while the database is away (`emergencies` is null when it is not): what was declared since comes from
 * the spools, switches and schedules as they were last seen. What only the database knows rejects.
 */
export function createEmergencyReadings(main: EngineReadings, emergencies: () => Emergencies | null): EngineReadings {
  /** Those who can answer for an incident, or for everything. */
  const of = (incident: number | null): EngineReadings => {
    const all = emergencies();
    if (all === null) return main;
    const one = all.find(({ emergency }) => incident === null || holds(emergency.spool, incident));
    if (one === undefined) throw new Error('the database is away');
    return one.bot.readings;
  };
  const each = async <T>(read: (readings: EngineReadings) => Promise<readonly T[]>): Promise<readonly T[]> => {
    const all = emergencies();
    if (all === null) return read(main);
    return (await Promise.all(all.map(({ bot }) => read(bot.readings)))).flat();
  };
  return {
    incident: async (number) => of(number).incident(number),
    incidents: (query) => each((readings) => readings.incidents(query)),
    housing: async (incident) => of(incident).housing(incident),
    timeline: async (incident) => of(incident).timeline(incident),
    switches: async () => of(null).switches(),
    switchStates: async () => of(null).switchStates(),
    onCall: async (at) => of(null).onCall(at),
    report: (sinceMs) => main.report(sinceMs),
    page: async (name) => of(incidentOfPage(name)).page(name),
    openPages: (limit) => each((readings) => readings.openPages(limit)),
    answered: async (key) => of(null).answered(key),
  };
}
