import type { FastifyPluginCallback } from 'fastify';
import type { PageState } from '../../domain/paging/state.ts';
import type { CurrentCatalog, Heard, Reply } from '../../engine/ports.ts';
import type { Store } from '../../engine/store-port.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Randomness } from '../../kit/randomness.ts';
import type { Document } from '../../readings/document.ts';
import type { IncidentView } from '../../readings/incident-view.ts';
import type { OnCallRow } from '../../readings/on-call.ts';
import type { SwitchBoardRow } from '../../readings/switch-board.ts';
import type { TimelineLine } from '../../readings/timeline.ts';

/** A board of the queues, made elsewhere; served only to administrators. */
export interface QueuePages {
  readonly path: string;
  readonly pages: FastifyPluginCallback;
}

/** What the console's pages need; compose.ts puts it together, tests do too. */
export interface ConsoleOptions {
  /** The console as a chat world. */
  readonly chat: ConsoleChat;
  readonly readings: ConsoleReadings;
  readonly ledger: Pick<Store, 'entries' | 'head'>;
  /** Calls `see` after something was committed to the ledger, until the answered function is called. */
  readonly onCommit: (see: () => void) => () => void;
  readonly catalog: CurrentCatalog;
  /** For completion. */
  readonly commands: readonly CommandSummary[];
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Sessions, forms and sign-in links are signed with keys derived from it. */
  readonly secret: string;
  /**
   * `open`: whoever is at this machine says who they are; answers only to loopback addresses. `link`: only a signed link opens
   * a session.
   */
  readonly signIn: 'open' | 'link';
  /** Where people reach the console, without a slash at the end. Asked on each request, as the port may be found late. */
  readonly baseUrl: () => string;
  /** The board of the queues; null where there are none to look at. */
  readonly queues: QueuePages | null;
  /** `templates/console`, with the pages and in `assets` what browsers load. */
  readonly templates: string;
}

/** What is used of the readings. Each reads, none changes. */
export interface ConsoleReadings {
  incident(number: number): Promise<IncidentView | null>;
  /** Newest first. */
  incidents(query: { readonly open: boolean; readonly limit: number }): Promise<readonly IncidentView['incident'][]>;
  timeline(incident: number): Promise<readonly TimelineLine[]>;
  switches(): Promise<readonly SwitchBoardRow[]>;
  onCall(at: number): Promise<readonly OnCallRow[]>;
  openPages(limit: number): Promise<readonly PageState[]>;
}

/** What is used of the console's chat platform. */
export interface ConsoleChat {
  hear(delivery: Omit<Heard, 'platform'>): Promise<Reply> | null;
  post(words: { readonly key: string; readonly incident: number; readonly person: string; readonly text: string }): Promise<string>;
  messages(incident: number, limit: number): Promise<readonly RoomMessage[]>;
  message(incident: number, id: string): Promise<RoomMessage | null>;
  card(incident: number): Promise<{ readonly card: Document } | null>;
  inbox(person: string, limit: number): Promise<readonly RoomMessage[]>;
  watch(see: (change: ChatChange) => void): (() => void) | null;
  mark(name: string): Promise<boolean>;
  isMarked(name: string): Promise<boolean>;
}
export interface RoomMessage {
  readonly id: string;
  readonly kind: 'say' | 'words' | 'joined' | 'direct';
  readonly author: string;
  readonly at: number;
  readonly document: Document;
}
export type ChatChange =
  | { readonly kind: 'messages' | 'card'; readonly incident: number }
  | { readonly kind: 'inbox'; readonly person: string };

/** What completion needs to know of a command. */
export interface CommandSummary {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly example: string;
  readonly args: Readonly<
    Record<string, { readonly widget: string; readonly keyword: string | null; readonly choices: readonly string[] }>
  >;
}
