import type { ServeLibrary } from '../../../src/chat/library-thread.ts';
import { serveLibrary as serveSlack } from '../../../src/chat/slack/library-service.ts';

/** Slack's library with the two bad days a library can have, each when it is asked for the groups of somebody of that name. */
export const serveLibrary: ServeLibrary = (side) => {
  const served = serveSlack(side);
  return {
    ...served,
    async groups(person) {
      if (person === 'throws')
        setTimeout(() => {
          throw new Error('thrown where nobody can catch it');
        });
      while (person === 'hangs');
      return person === 'throws' ? new Promise(() => undefined) : served.groups(person);
    },
  };
};
