/** What the thread that holds the socket is started with. */
export interface SocketOrder {
  readonly appToken: string;
  readonly apiUrl: string;
  readonly timeoutMs: number;
}
/** What it tells. */
export type SocketNews =
  | { readonly kind: 'connected' }
  | { readonly kind: 'delivery'; readonly number: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'fault'; readonly detail: string };
/** What it is told: a delivery may be acknowledged, with an answer or without; or that it is over. */
export type SocketWish = { readonly kind: 'acknowledge'; readonly number: number; readonly content?: unknown } | { readonly kind: 'stop' };
