import type { Span } from './span.ts';

/** Somebody stands in for a while. Where two overrides meet, the one made later wins. */
export interface Override extends Span {
  readonly id: string;
  /** On call instead. */
  readonly person: string;
  /** Only where this person would be on call; null takes the whole span, whoever has it and also where nobody has. */
  readonly replaces: string | null;
  readonly reason: string | null;
}
