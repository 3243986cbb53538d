import type { PageNotice } from '../engine/ports.ts';
import type { Document } from '../readings/document.ts';

/** The notice without its own heading: every pager leads with the subject, which says the same and what a locked phone shows. */
export function withoutHeading({ document }: PageNotice): Document {
  const [first, ...rest] = document.blocks;
  return first?.kind === 'heading' ? { blocks: rest } : document;
}
