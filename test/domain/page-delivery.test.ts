import { describe, expect, it } from 'vitest';
import type { PageAct } from '../../src/domain/paging/acts.ts';
import { ack, around, climbed, started } from '../support/page-past.ts';

const CHAT = 'l1-r1-bo-chat-1';
const EMAIL = 'l1-r1-bo-email-2';
const context = { actor: 'allclear', states: around() } as const;
const delivered = (notification: string): PageAct => ({ type: 'page.delivered', page: '42-1', notification });
const failed = (notification: string): PageAct => ({
  type: 'page.undelivered',
  page: '42-1',
  notification,
  reason: 'client',
  detail: 'no such mailbox',
});

describe('a notification', () => {
  it('is written down once, however it ended', () => {
    const story = started().when(delivered(CHAT), context);
    story.happens([{ type: 'page.delivered', data: { page: '42-1', notification: CHAT, person: 'bo', pager: 'chat' } }]);
    story.when(delivered(CHAT), context).nothingHappens();
    story.when(failed(CHAT), context).nothingHappens();
    story.when(delivered('l9-r9-zed-chat-1'), context).nothingHappens();
  });

  it('that cannot be delivered is a line of the timeline', () => {
    const story = started().when(failed(CHAT), context);
    story.happens([
      {
        type: 'page.undelivered',
        data: { page: '42-1', notification: CHAT, person: 'bo', pager: 'chat', reason: 'client', detail: 'no such mailbox' },
      },
    ]);
    expect(story.effects).toEqual([{ kind: 'room.keep', platform: 'console', incident: 42 }]);
  });

  it('that was the last hope of its rung sends the page on at once', () => {
    const story = started().when(failed(CHAT), context).when(failed(EMAIL), context);
    expect(climbed(story.events)).toEqual(['1/0 bo']);
    // Nothing reaches the person any more: that is said, with the number to call.
    expect(story.effects).toContainEqual({ kind: 'room.say', platform: 'console', incident: 42, message: 'page-undelivered' });
  });

  it('waits while another way to the same rung is still open', () => {
    expect(started().when(delivered(CHAT), context).when(failed(EMAIL), context).events).toHaveLength(1);
  });

  it('changes nothing on a rung that was left, or once somebody has it', () => {
    const left = started().when({ type: 'page.escalate-now', page: '42-1' }, { states: around() });
    expect(climbed(left.when(failed(CHAT), context).when(failed(EMAIL), context).events)).toEqual([]);
    const answered = started().when(ack, { actor: 'person:bo' });
    expect(climbed(answered.when(failed(CHAT), context).when(failed(EMAIL), context).events)).toEqual([]);
  });
});
