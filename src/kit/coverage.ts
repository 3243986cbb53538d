/** Stretches remembered beyond a gap; with more, what is beyond it is forgotten and counts as not heard of. */
const AHEAD_MAX = 10_000;

/** How far a numbered row has been heard of without a gap, when news of its stretches come in any order. */
export interface Coverage {
  upTo(): number;
  /** Heard of what comes after `after`, up to `to`. */
  add(after: number, to: number): void;
  /** From here on the answer goes on from `to`, whatever was heard before. */
  restart(to: number): void;
}

export function createCoverage(): Coverage {
  let covered = 0;
  const ahead = new Map<number, number>();

  function reach(to: number): void {
    covered = Math.max(covered, to);
    for (let next = ahead.get(covered); next !== undefined; next = ahead.get(covered)) {
      ahead.delete(covered);
      covered = next;
    }
  }
  return {
    upTo: () => covered,
    add(after, to) {
      if (to <= after) return;
      if (after <= covered) return reach(to);
      if (ahead.size >= AHEAD_MAX) ahead.clear();
      ahead.set(after, Math.max(to, ahead.get(after) ?? 0));
    },
    restart(to) {
      covered = to;
      const beyond = [...ahead].sort(([one], [other]) => one - other);
      ahead.clear();
      for (const [after, end] of beyond)
        if (after <= covered) covered = Math.max(covered, end);
        else ahead.set(after, end);
    },
  };
}
