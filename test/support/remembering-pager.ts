import type { Outcome, PageNotice, Pager } from '../../src/engine/ports.ts';

/** A page as it reached somebody. */
export interface Ring {
  readonly person: string;
  readonly pager: string;
  readonly notice: PageNotice;
  /** The same on every repeat. */
  readonly key: string;
}

export interface Pagers {
  readonly pagers: readonly Pager[];
  /** Pages nobody has looked at yet. */
  readonly rings: Ring[];
  /** Keys of everything that was sent, repeats included, in order. */
  readonly sent: readonly string[];
  /** Makes a pager answer this instead; null delivers again. Sent anyway when the outcome is unknown. */
  fail(pager: string, outcome: Outcome | null): void;
}

/** Phones that remember: `chat`, `email` and `webhook`, each deduplicating by key as real far ends do. */
export function rememberingPagers(): Pagers {
  const rings: Ring[] = [];
  const sent: string[] = [];
  const failures = new Map<string, Outcome>();
  const pagerOf = (name: string): Pager => {
    const seen = new Set<string>();
    return {
      name,
      unreachable: (person) => (name === 'email' && person.email === null ? 'has no e-mail address' : null),
      async page(notice, { key }) {
        const failure = failures.get(name);
        if (failure !== undefined && failure.outcome !== 'unknown') return failure;
        sent.push(key);
        if (!seen.has(key)) rings.push({ person: notice.person.id, pager: name, notice, key });
        seen.add(key);
        return failure ?? { outcome: 'done' };
      },
    };
  };
  return {
    pagers: ['chat', 'email', 'webhook'].map(pagerOf),
    rings,
    sent,
    fail: (pager, outcome) => void (outcome === null ? failures.delete(pager) : failures.set(pager, outcome)),
  };
}
