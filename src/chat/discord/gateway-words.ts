import type { SessionInfo } from '@discordjs/ws';

/** What the worker that holds the gateway is started with. */
export interface GatewayOrder {
  readonly token: string;
  readonly apiUrl: string;
  readonly intents: number;
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
  | { readonly kind: 'closed'; readonly code: number }
  | { readonly kind: 'fault'; readonly detail: string };
/** What it is told. */
export type GatewayWish = { readonly kind: 'go' } | { readonly kind: 'stop' };
