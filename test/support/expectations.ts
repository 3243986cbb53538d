import { expect } from 'vitest';
import type { PageNotice } from '../../src/engine/ports.ts';
import type { Document } from '../../src/readings/document.ts';
import type { MemoryPlatform, Shown } from './memory-platform.ts';
import type { Ring } from './remembering-pager.ts';

/** What rings and is said has to be expected, each time once. */
export interface Expectations {
  /** A page that rang for the person (the oldest not expected yet) and whose subject matches. */
  expectsPage(person: string, subject: RegExp, pager?: string): PageNotice;
  /** A new message in a room or to a person (`@bo`), the oldest that matches; answers its text. */
  expectsMessage(to: string | RegExp, text: RegExp, platform?: string): string;
  /** Fails on every page or message nobody expected. */
  expectsNothingElse(): void;
  /** What rang and was said and is not yet expected. */
  forget(): void;
}
export interface Expecting {
  readonly platforms: readonly MemoryPlatform[];
  readonly rings: Ring[];
  readonly text: (document: Document) => string;
}

export function expectations({ platforms, rings, text }: Expecting): Expectations {
  const unseen = (): readonly string[] => platforms.flatMap(({ said }) => said).map((one) => `${one.to}: ${text(one.document)}`);
  const ringing = (): readonly string[] => rings.map((ring) => `${ring.person} by ${ring.pager}: ${ring.notice.subject}`);
  return {
    expectsPage(person, subject, pager) {
      const fits = (ring: Ring): boolean =>
        ring.person === person && (pager === undefined || ring.pager === pager) && subject.test(ring.notice.subject);
      const [found] = take(rings, fits);
      if (found === undefined) throw new Error(`no page for ${person} like ${subject}; what rang: ${JSON.stringify(ringing(), null, 1)}`);
      return found.notice;
    },
    expectsMessage(to, wanted, name) {
      const fits = (one: Shown): boolean => (typeof to === 'string' ? one.to === to : to.test(one.to)) && wanted.test(text(one.document));
      for (const platform of platforms) {
        const [found] = name === undefined || platform.name === name ? take(platform.said, fits) : [];
        if (found !== undefined) return text(found.document);
      }
      throw new Error(`no message to ${String(to)} like ${wanted}; what was said: ${JSON.stringify(unseen(), null, 1)}`);
    },
    expectsNothingElse() {
      expect(ringing()).toEqual([]);
      expect(unseen()).toEqual([]);
    },
    forget() {
      rings.length = 0;
      for (const { said } of platforms) said.length = 0;
    },
  };
}

/** Takes the first that fits out of the list. */
function take<T>(list: T[], fits: (one: T) => boolean): readonly T[] {
  const at = list.findIndex(fits);
  return at < 0 ? [] : list.splice(at, 1);
}
