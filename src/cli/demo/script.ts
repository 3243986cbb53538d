import { styleText } from 'node:util';
import type { Catalog } from '../../domain/catalog.ts';
import type { Clock } from '../../kit/clock.ts';
import { readableText } from '../../kit/escape.ts';
import { wallClock } from '../../kit/wall-time.ts';
import { parseMarkup } from '../../readings/markup.ts';
import { plainText } from '../../readings/plain-text.ts';

/** What the terminal shows, a line at a time. Colours only where there is a terminal that wants them (NO_COLOR). */
export interface Script {
  title(text: string): void;
  /** Somebody does something. */
  does(person: string, what: string): void;
  /** What came of it: a line of the ledger, in the markup of messages; without `at` as it happens now. */
  became(markup: string, at?: number): void;
  /** What somebody was answered. */
  answered(text: string): void;
  /** Something rang, or an application asked: what the world outside saw. */
  seen(text: string): void;
  /** An expectation of the story that was met. */
  proved(text: string): void;
  plain(text: string): void;
}

const CLOCK_CHARS = '02:58:01  '.length;
const INDENT = ' '.repeat(CLOCK_CHARS);

export function createScript(write: (text: string) => void, clock: Clock, catalog: () => Catalog): Script {
  const nameOf = (id: string): string => catalog().people[id]?.name ?? id;
  let shown = '';
  /** The time, where it differs from that of the line above. */
  const clockOf = (at: number): string => {
    const time = wallClock(at, catalog().timeZone, true).padEnd(CLOCK_CHARS);
    const isNew = time !== shown;
    shown = time;
    return isNew ? time : INDENT;
  };
  const line = (style: Parameters<typeof styleText>[0] | null, text: string): void => {
    const readable = readableText(text);
    write(`${style === null ? readable : styleText(style, readable, { stream: process.stdout })}\n`);
  };
  return {
    title(text) {
      shown = '';
      write('\n');
      line('bold', text);
    },
    does: (person, what) => line('cyan', `${clockOf(clock.now())}${nameOf(person)} ${what}`),
    became(markup, at) {
      const reader = { personName: nameOf, timeZone: catalog().timeZone, now: clock.now(), commandPrefix: '/incident' };
      const text = plainText(parseMarkup(markup), reader).trim().replaceAll('\n', ' ');
      line(null, `${clockOf(at ?? clock.now())}${at === undefined ? '· ' : ''}${text}`);
    },
    answered: (text) => line('yellow', `${INDENT}“${text}”`),
    seen: (text) => line('magenta', `${clockOf(clock.now())}${text}`),
    proved: (text) => line('green', `${INDENT}✓ ${text}`),
    plain: (text) => line(null, text),
  };
}
