import { createHash } from 'node:crypto';

/** Lines of the trace that a failure shows. */
const LAST_LINES = 60;

/** What happened, line by line, each with its time. */
export interface Trace {
  add(line: string): void;
  /** Hash over every line so far. */
  digest(): string;
  lastLines(): readonly string[];
}

export function createTrace(elapsed: () => number, told?: (line: string) => void): Trace {
  const hash = createHash('sha256');
  const lines: string[] = [];
  return {
    add(line) {
      const full = `${elapsed()} ${line}`;
      hash.update(`${full}\n`);
      lines.push(full);
      if (lines.length > LAST_LINES) lines.shift();
      told?.(full);
    },
    digest: () => hash.copy().digest('hex').slice(0, 16),
    lastLines: () => lines,
  };
}
