/** What is checked, a line each; the first thing in an area that is not as it should be ends that area. */
export interface Report {
  /** Does the checks of an area; answers whether all of them came out well. */
  area(name: string, checks: (check: Check) => Promise<void>): Promise<void>;
  readonly isGood: boolean;
  table(): readonly string[];
}
/** `how` throws, or answers what was seen in a few words. */
export type Check = (what: string, how: () => Promise<string | undefined>) => Promise<void>;

interface Row {
  readonly area: string;
  readonly what: string;
  readonly verdict: 'good' | 'WRONG';
  readonly seen: string;
  readonly tookMs: number;
}

class WrongError extends Error {}

export function createReport(tell: (line: string) => void): Report {
  const rows: Row[] = [];
  const note = (row: Row): void => {
    rows.push(row);
    tell(`${row.verdict.padEnd(5)} ${row.area}: ${row.what}${row.seen === '' ? '' : ` (${row.seen})`}`);
  };
  return {
    async area(name, checks) {
      const check: Check = async (what, how) => {
        const from = performance.now();
        const took = () => Math.round(performance.now() - from);
        try {
          const seen = await how();
          note({ area: name, what, verdict: 'good', seen: seen ?? '', tookMs: took() });
        } catch (fault) {
          note({ area: name, what, verdict: 'WRONG', seen: messageOf(fault), tookMs: took() });
          throw new WrongError();
        }
      };
      try {
        await checks(check);
      } catch (fault) {
        if (!(fault instanceof WrongError)) note({ area: name, what: 'all of it', verdict: 'WRONG', seen: messageOf(fault), tookMs: 0 });
      }
    },
    get isGood() {
      return rows.length > 0 && rows.every(({ verdict }) => verdict === 'good');
    },
    table: () => [
      '| what | checked | took | |',
      '| --- | --- | ---: | --- |',
      ...rows.map(({ area, what, tookMs, verdict }) => `| ${area} | ${what} | ${(tookMs / 1_000).toFixed(1)} s | ${verdict} |`),
    ],
  };
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

/** Throws `sentence` unless it holds. */
export function expect(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}
