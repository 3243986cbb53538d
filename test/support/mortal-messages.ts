/** What a mortal bot is told. */
export type ToBot =
  | {
      readonly kind: 'command';
      readonly id: number;
      readonly key: string;
      readonly person: string;
      readonly words: string;
      readonly incident: number | null;
    }
  /** To be answered once nothing is owed and nothing under way. */
  | { readonly kind: 'idle?' }
  | { readonly kind: 'stop' };

/** What a mortal bot says. */
export type FromBot =
  | { readonly kind: 'ready' }
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'answer';
      readonly id: number;
      /** Its key was answered before: by a process that was killed before the answer arrived. */
      readonly isKnown: boolean;
      readonly ok: boolean;
      readonly incident: number | null;
      readonly text: string;
    }
  | { readonly kind: 'bug'; readonly text: string };

/** Files in the directory of a mortal bot: its ledger, and the moments it died at. */
export const LEDGER = 'ledger.db';
export const MOMENTS = 'moments.txt';
