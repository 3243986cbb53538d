import type { Asking, Command } from '../../command.ts';
import type { Refusal } from '../../domain/kernel.ts';
import { incidentOfPage } from '../../domain/paging/acts.ts';
import type { HearPorts, Known } from './hear-ports.ts';
import type { ReadWords } from './words.ts';

/** What a command is given besides its words. */
export interface Gathered {
  readonly asking: Asking;
  readonly values: Readonly<Record<string, unknown>>;
  readonly missing: readonly string[];
}

/** Open incidents named in "which incident?". */
const OPEN_LISTED_MAX = 5;
/** Pages looked through for those that ring the asker; more never ring at once. */
const RINGING_MAX = 50;

/** The incident that is meant and what is going on in it. */
export async function gather(ports: HearPorts, heard: Known, command: Command, read: ReadWords): Promise<Gathered | Refusal> {
  const [field, arg] = Object.entries(command.args).find(([, { widget }]) => widget === 'incident') ?? [null, null];
  const named = namedIncident(command, read, field);
  const number = named ?? heard.incident ?? (await ringingFor(ports, heard, command)) ?? (await onlyOpen(ports));
  if (arg?.required === true && number === null) return whichIncident(ports);
  const view = number === null ? null : await ports.readings.incident(number);
  if (named !== null && view === null) return { refused: 'no_such_incident', values: { incident: String(named) } };
  const values = field !== null && arg?.required === true ? { ...read.values, [field]: number } : read.values;
  const asking: Asking = {
    person: heard.person,
    platform: heard.platform,
    catalog: ports.catalog(),
    now: ports.clock.now(),
    view,
    switches: await ports.switchStates(),
  };
  return { asking, values, missing: read.missing.filter((name) => name !== field) };
}

/** By its own name, or by the name of one of its pages. */
function namedIncident(command: Command, read: ReadWords, field: string | null): number | null {
  const incident = field === null ? null : read.values[field];
  if (typeof incident === 'number') return incident;
  const [pageField] = Object.entries(command.args).find(([, { widget }]) => widget === 'page') ?? [null];
  const page = pageField === null ? null : read.values[pageField];
  return typeof page === 'string' ? incidentOfPage(page) : null;
}

/** Where several incidents are open, whoever is woken means the one that wakes them. */
async function ringingFor(ports: HearPorts, { person }: Known, command: Command): Promise<number | null> {
  if (!Object.values(command.args).some(({ widget }) => widget === 'page')) return null;
  const ringing = (await ports.readings.openPages(RINGING_MAX)).filter(({ tried }) => tried.includes(person));
  const [only, ...others] = new Set(ringing.map(({ incident }) => incident));
  return only === undefined || others.length > 0 ? null : only;
}

async function onlyOpen(ports: HearPorts): Promise<number | null> {
  const open = await ports.readings.incidents({ open: true, limit: 2 });
  return open.length === 1 ? (open[0]?.number ?? null) : null;
}

export async function whichIncident(ports: HearPorts): Promise<Refusal> {
  const open = await ports.readings.incidents({ open: true, limit: OPEN_LISTED_MAX });
  return { refused: 'which_incident', values: { open: open.map(({ number, title }) => `inc-${number} (${title})`).join(', ') } };
}
