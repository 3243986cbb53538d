import type { SessionInfo } from '@discordjs/ws';

/** What the worker that holds the gateway is started with. */
export interface GatewayOrder {
  readonly token: string;
  readonly apiUrl: string;
  /** Asks for the words of messages: where that is not switched on, Discord refuses the connection. */
  readonly withContent: boolean;
  readonly timeoutMs: number;
  /** Where the last connection ended; null for a new session. */
  readonly session: SessionInfo | null;
}
/** What it tells. */
export type GatewayNews =
  | { readonly kind: 'ready'; readonly session: SessionInfo }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'dispatch'; readonly type: string; readonly sequence: number; readonly data: unknown }
  /** May it identify: answered with `go`. */
  | { readonly kind: 'identify' }
  /** The library does not come back from this by itself. */
  | { readonly kind: 'refused'; readonly isForContent: boolean }
  | { readonly kind: 'fault'; readonly detail: string };
/** What it is told. */
export type GatewayWish = { readonly kind: 'go' } | { readonly kind: 'stop' };
