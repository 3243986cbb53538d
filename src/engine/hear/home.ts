import { lookUp } from '../../kit/look-up.ts';
import type { Reply } from '../ports.ts';
import type { HearPorts, Known } from './hear-ports.ts';

/** More than this is a list to scroll, and `list` has it. */
const INCIDENTS_MAX = 10;
const PAGES_MAX = 100;

/** What one person wants to see first: what rings for them, what they hold, what is going on, who is on call. */
export async function home(ports: HearPorts, { person }: Known): Promise<Reply> {
  const { readings, catalog, clock } = ports;
  const [incidents, pages, rows] = await Promise.all([
    readings.incidents({ open: true, limit: INCIDENTS_MAX }),
    readings.openPages(PAGES_MAX),
    readings.onCall(clock.now()),
  ]);
  const titles = new Map(incidents.map(({ number, title }) => [number, title]));
  const mine = pages.filter(({ tried }) => tried.includes(person));
  const roles = incidents.flatMap(({ number, title, roles: held }) =>
    Object.entries(held).flatMap(([role, holder]) =>
      holder.person === person ? [{ number, title, role, name: lookUp(catalog().roles, role)?.name ?? role }] : [],
    ),
  );
  const model = {
    at: clock.now(),
    pages: mine.map(({ page, incident, reason }) => ({ page, incident, title: titles.get(incident) ?? reason })),
    roles,
    incidents,
    rows,
  };
  return { ok: true, quiet: true, document: ports.messages.document('home', model) };
}
