/**
 * The neutral message: what a template becomes, and what every platform draws in its own way (Block Kit, Discord
 * components, HTML, plain text). Inline text is a list of spans, so that text from people is never markup.
 */
export interface Document {
  readonly blocks: readonly Block[];
}
export type Block =
  | { readonly kind: 'heading'; readonly text: Inline }
  | { readonly kind: 'text'; readonly text: Inline }
  | { readonly kind: 'fields'; readonly fields: readonly { readonly label: string; readonly value: Inline }[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly text: Inline }
  | { readonly kind: 'divider' }
  | { readonly kind: 'buttons'; readonly buttons: readonly Button[] };
export interface Button {
  readonly label: string;
  /** What pressing it types: a command line without the leading `/incident`, such as `ack 42-1`. */
  readonly command: string;
  readonly style: 'primary' | 'danger' | 'plain';
}
export type Inline = readonly Span[];
export type Span =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  /** A person of the catalog; platforms that know them mention them. */
  | { readonly kind: 'person'; readonly id: string }
  /** A moment, milliseconds since 1970; each reader sees own clock where the platform can. */
  | { readonly kind: 'time'; readonly at: number; readonly style: 'clock' | 'date' | 'relative' };
