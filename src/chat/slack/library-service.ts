import type { CurrentCatalog } from '../../engine/ports.ts';
import { systemClock } from '../../kit/clock.ts';
import { farPort } from '../../kit/line.ts';
import type { ServeLibrary } from '../library-thread.ts';
import type { Body } from './deliveries.ts';
import { createSlackLibrary, type SlackLibrarySettings } from './library.ts';
import type { Acknowledging } from './threaded-library.ts';

/** Slack's library in the thread that is its own. */
export const serveLibrary: ServeLibrary = ({ settings, current, line, ...ports }) => {
  const { acknowledge } = farPort<Acknowledging>(line, 'acknowledging', ['acknowledge']);
  const { deliver, groups, greet, work } = createSlackLibrary({
    ...(settings as SlackLibrarySettings),
    ...ports,
    catalog: current as CurrentCatalog,
    clock: systemClock,
  });
  const methods = {
    greet,
    work: (delivery: number, body: Body) => work(body, (content) => acknowledge(delivery, content)),
  };
  return { deliver, groups, methods };
};
