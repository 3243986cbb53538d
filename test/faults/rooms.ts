import type { Entry } from '../../src/ledger/entry.ts';
import type { SlackWorkspace } from '../support/slack/slack-workspace.ts';

/** What became of the rooms that incidents should have. */
export interface Rooms {
  readonly due: number;
  /** There is one, the ledger knows it, and its card stands in it once, as does everything else. */
  readonly once: number;
}

const CHANNELS_MAX = 1_000;
const MESSAGES_MAX = 500;

interface Channel {
  readonly id: string;
  readonly name: string;
}
interface Message {
  readonly metadata?: { readonly event_payload?: { readonly key?: string } };
}

/** Holds the rooms in a workspace against the ledger. */
export async function countRooms({ as }: Pick<SlackWorkspace, 'as'>, entries: readonly Entry[]): Promise<Rooms> {
  const { channels } = (await as('bot', 'conversations.list', { limit: CHANNELS_MAX })) as unknown as { channels: readonly Channel[] };
  const incidents = entries.filter(({ type }) => type === 'incident.declared').flatMap(({ incident }) => incident ?? []);
  const opened = new Map(
    entries.filter(({ type }) => type === 'incident.room-opened').map(({ incident, data }) => [incident, roomIn(data)]),
  );
  const isGood = async (incident: number): Promise<boolean> => {
    const rooms = channels.filter(({ name }) => Number.parseInt(name.replace('inc-', ''), 10) === incident);
    const [room] = rooms;
    if (room === undefined || rooms.length > 1 || opened.get(incident) !== room.id) return false;
    const history = { channel: room.id, limit: MESSAGES_MAX, include_all_metadata: true };
    const { messages } = (await as('bot', 'conversations.history', history)) as unknown as { messages: readonly Message[] };
    const keys = messages.flatMap(({ metadata }) => metadata?.event_payload?.key ?? []);
    return keys.includes(`card/${incident}/0`) && new Set(keys).size === keys.length;
  };
  const good = await Promise.all(incidents.map(isGood));
  return { due: incidents.length, once: good.filter(Boolean).length };
}

function roomIn(data: string | null): string | null {
  const { platform, room } = JSON.parse(data ?? '{}') as { platform?: string; room?: string };
  return platform === 'slack' ? (room ?? null) : null;
}
