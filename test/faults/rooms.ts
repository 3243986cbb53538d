import type { Entry } from '../../src/ledger/entry.ts';
import type { SlackWorkspace } from '../support/slack/slack-workspace.ts';
import { mergedIn } from './ledger.ts';

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

/** Holds the rooms in a workspace against the ledger; asks the workspace, which answers 5,000 questions an hour, only when the ledger knows all rooms. */
export async function countRooms({ as }: Pick<SlackWorkspace, 'as'>, entries: readonly Entry[]): Promise<Rooms> {
  const over = mergedIn(entries);
  const incidents = entries
    .filter(({ type, incident }) => type === 'incident.declared' && !over.has(incident))
    .flatMap(({ incident }) => incident ?? []);
  const opened = new Map(
    entries.flatMap(({ type, incident, data }) =>
      type === 'incident.room-opened' && roomIn(data) !== null ? [[incident, roomIn(data)]] : [],
    ),
  );
  const known = incidents.filter((incident) => opened.has(incident));
  if (known.length < incidents.length) return { due: incidents.length, once: 0 };
  const { channels } = await asked<{ channels: readonly Channel[] }>(as('bot', 'conversations.list', { limit: CHANNELS_MAX }));
  const isGood = async (incident: number): Promise<boolean> => {
    const rooms = channels.filter(({ name }) => Number.parseInt(name.replace('inc-', ''), 10) === incident);
    const [room] = rooms;
    if (room === undefined || rooms.length > 1 || opened.get(incident) !== room.id) return false;
    const history = { channel: room.id, limit: MESSAGES_MAX, include_all_metadata: true };
    const { messages } = await asked<{ messages: readonly Message[] }>(as('bot', 'conversations.history', history));
    const keys = messages.flatMap(({ metadata }) => metadata?.event_payload?.key ?? []);
    return keys.includes(`card/${incident}/0`) && new Set(keys).size === keys.length;
  };
  const good = await Promise.all(incidents.map(isGood));
  return { due: incidents.length, once: good.filter(Boolean).length };
}

async function asked<Answer>(answer: ReturnType<SlackWorkspace['as']>): Promise<Answer> {
  const answered = await answer;
  if (answered['ok'] !== true) throw new Error(`the workspace says no: ${JSON.stringify(answered)}`);
  return answered as Answer;
}

function roomIn(data: string | null): string | null {
  const { platform, room } = JSON.parse(data ?? '{}') as { platform?: string; room?: string };
  return platform === 'slack' ? (room ?? null) : null;
}
