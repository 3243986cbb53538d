import type { Generated } from 'kysely';

/** The tables as Kysely sees them; `migrations/` makes them. */
export interface Tables {
  /** The chain. Append-only: triggers refuse everything but INSERT. */
  entries: {
    position: number;
    stream: string;
    version: number;
    type: string;
    schema: number;
    incident: number | null;
    at: number;
    actor: string;
    cause: string;
    digest: string;
    previous: string;
    hash: string;
  };
  /** What the digests stand for. May be erased (both columns null), never changed or deleted. */
  payloads: { position: number; salt: string | null; data: string | null };
  /**
   * Head and snapshot of each stream; rebuilt from the entries when a fold changes. A decision reads one row here and none of the
   * events, so that a command costs the same with a thousand events and with a million.
   */
  streams: {
    stream: string;
    kind: string;
    /** Position of its first entry. */
    opened: number;
    version: number;
    state: string;
    fold: number;
    open: number;
    incident: number | null;
  };
  /** Promises owed and kept. */
  effects: {
    id: string;
    position: number;
    number: number;
    lane: string;
    due_at: number;
    /** When it may be claimed: due time while pending, end of the lease while claimed, null once settled. */
    ready_at: number | null;
    body: string;
    state: string;
    attempts: Generated<number>;
    fence: Generated<number>;
    lease_until: number | null;
    reason: string | null;
    detail: string | null;
    coalesce: string | null;
    sequence: string | null;
    incident: number | null;
  };
  /** First answer to each inbound key. */
  inbox: { key: string; answer: string; at: number };
  /** What the console shows, the only chat world that has no server of its own. */
  console_messages: {
    key: string;
    room: string;
    author: string;
    at: number;
    document: string;
    kind: string;
  };
  /** What chat worlds remember of what they made there. */
  platform_notes: { key: string; value: string };
}
