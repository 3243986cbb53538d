import { systemClock } from '../../kit/clock.ts';
import { farPort } from '../../kit/line.ts';
import type { ServeLibrary } from '../library-thread.ts';
import { createDiscordLibrary, type DiscordLibrarySettings } from './library.ts';
import type { Completing, DiscordCurrent } from './threaded-library.ts';

/** Discord's library in the thread that is its own. */
export const serveLibrary: ServeLibrary = ({ settings, current, line, ...ports }) => {
  const now = current as () => DiscordCurrent;
  const { deliver, groups, greet, work, catchUp } = createDiscordLibrary({
    ...(settings as DiscordLibrarySettings),
    ...ports,
    ...farPort<Completing>(line, 'completing', ['openIncidents']),
    catalog: () => now().catalog,
    outlines: () => now().outlines,
    clock: systemClock,
  });
  return { deliver, groups, methods: { greet, work, catchUp } };
};
