import type { Effect } from '../../domain/kernel.ts';
import type { Performer } from '../deliver.ts';
import type { Door } from '../door.ts';

type Ask = Extract<Effect, { kind: 'ask' }>;

/**
 * A follow-up or timer: its act goes through the door under the effect's own id, and the effect is settled in the same
 * transaction. A refusal is an answer too: the question was asked, and the answer was no.
 */
export function createAskPerformer(door: Door): Performer {
  return {
    settlesItself: true,
    async perform(effect, attempt, row) {
      const { act, actor } = effect as Ask;
      const settle = { effect: row.id, fence: row.fence, state: 'done', reason: null, detail: null } as const;
      await door.submit({ act, actor: actor ?? 'allclear', key: attempt.key, settle });
      return { outcome: 'done' };
    },
    buried: () => null,
    unknown: () => 'repeat',
  };
}
