import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Heard, Reply } from '../../../src/engine/ports.ts';
import { MINUTE_MS } from '../../../src/kit/duration.ts';
import type { Document } from '../../../src/readings/document.ts';
import { buttonPress, messageShortcut, reaction, slashCommand, viewSubmission } from '../../support/slack/payloads.ts';
import { readMessage } from '../../support/slack/seen.ts';
import { openSlackWorld, type SlackWorld } from '../../support/slack/slack-world.ts';

function saying(text: string): Document {
  return { blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }] };
}
const DONE: Reply = { ok: true, quiet: true, document: saying('Done.') };
const SIGNAL = new AbortController().signal;

describe('what comes from Slack', () => {
  let heard: Heard[];
  let answer: (one: Heard) => Reply | Promise<Reply>;
  let world: SlackWorld;
  let room: string;
  beforeEach(async () => {
    heard = [];
    answer = () => DONE;
    world = await openSlackWorld(async (one) => {
      heard.push(one);
      return answer(one);
    });
    const promise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' } as const;
    const opened = await world.platform.deliver(promise, { key: '1-0', number: 1, signal: SIGNAL });
    room = opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
  });
  afterEach(async () => {
    await world.close();
    expect(world.edge.complaints).toEqual([]);
  });

  async function told(name: string, body: string): Promise<string> {
    const shown = world.edge.shown((one) => one.name === name);
    expect(await world.sends(body)).toEqual({ status: 200, text: '' });
    return readMessage((await shown).body);
  }
  async function cardButton(command: string): Promise<string> {
    const card: Document = { blocks: [{ kind: 'buttons', buttons: [{ label: 'Do it', command, style: 'primary' }] }] };
    const promise = { kind: 'keep', incident: 42, room, topic: 'SEV1', card, digest: card } as const;
    await world.platform.deliver(promise, { key: '2-0', number: 1, signal: SIGNAL });
    const posted = world.edge.calls.findLast(({ method }) => method === 'chat.postMessage');
    if (posted === undefined) throw new Error('the card was not posted');
    const [{ elements }] = posted.args['blocks'] as [{ elements: [{ value: string }] }];
    return elements[0].value;
  }

  it.each([
    ['signed with another secret', { secret: 'somebody else' }],
    ['signed six minutes ago', { atMs: Date.now() - 6 * MINUTE_MS }],
    ['signed for in six minutes', { atMs: Date.now() + 6 * MINUTE_MS }],
  ])('is refused when it was %s', async (_name, options) => {
    const body = slashCommand(world, 'ana', room, 'ack', 'trigger', 'response');
    expect(await world.sends(body, options)).toEqual({ status: 401, text: '' });
    expect(heard).toEqual([]);
  });

  it.each(['', '{', '[]', 'payload=%7B', '{"type":"unheard_of"}', 'payload={"type":"block_actions"}', '{"event_id":7}', 'a=b&a=c'])(
    'is answered and changes nothing when it is nonsense: %s',
    async (body) => {
      expect((await world.sends(body)).status).toBeOneOf([200, 400]);
      expect(heard).toEqual([]);
      expect(world.bugs).toEqual([]);
    },
  );

  it('proves that the address is ours when Slack asks', async () => {
    expect(await world.sends({ type: 'url_verification', challenge: 'abc' })).toEqual({ status: 200, text: 'abc' });
  });

  it('types what a button carries, in the room and the name of who pressed it', async () => {
    const value = await cardButton('ack 42-1');
    expect(await told('response-1', buttonPress(world, 'bo', room, value, 'trigger-1', 'response-1'))).toBe('Done.');
    expect(heard).toMatchObject([{ person: 'bo', incident: 42, key: 'slack-trigger-1', said: { kind: 'words', words: 'ack 42-1' } }]);
  });

  it('refuses a button that was changed, and says what to do', async () => {
    const value = (await cardButton('ack 42-1')).replace('ack', 'resolve');
    expect(await told('response-1', buttonPress(world, 'bo', room, value, 'trigger-1', 'response-1'))).toContain('type the command');
    expect(heard).toEqual([]);
  });

  it('knows nobody in guests and strangers', async () => {
    await told('response-1', slashCommand(world, 'guest', room, 'ack', 'trigger-1', 'response-1'));
    expect(heard).toMatchObject([{ person: null, userName: 'guest' }]);
  });

  it('calls nobody a stranger because Slack did not say who they are', async () => {
    world.edge.fault('users.info', { status: 503, body: {} }, { hang: true });
    for (const number of [1, 2]) {
      const body = slashCommand(world, 'bo', room, 'ack', `trigger-${number}`, `response-${number}`);
      expect(await told(`response-${number}`, body)).toContain('do it again in a moment');
    }
    expect(heard).toEqual([]);
    await told('response-3', slashCommand(world, 'bo', room, 'ack', 'trigger-3', 'response-3'));
    expect(heard).toMatchObject([{ person: 'bo' }]);
  });

  it('reads people, channels, links and marks in words as they were meant', async () => {
    const text = `assign ic <@${world.ids['bo']}|bo> see <https://example.org/a?b=1&amp;c=2> in <#C1|general> &lt;!channel&gt;`;
    await told('response-1', slashCommand(world, 'ana', room, text, 'trigger-1', 'response-1'));
    const words = 'assign ic @bo see https://example.org/a?b=1&c=2 in #general <!channel>';
    expect(heard).toMatchObject([{ said: { kind: 'words', words } }]);
  });

  it('answers aloud in the room where the answer is not quiet', async () => {
    answer = () => ({ ...DONE, quiet: false });
    const shown = world.edge.shown(({ kind }) => kind === 'response');
    await world.sends(slashCommand(world, 'ana', room, 'status', 'trigger-1', 'response-1'));
    expect((await shown).body).toMatchObject({ response_type: 'in_channel' });
  });

  it('asks by form for a person, and says at the field who cannot be one', async () => {
    const field = {
      name: 'person',
      label: 'Person',
      help: '',
      required: true,
      widget: 'person',
      choices: [],
      value: '',
      charsMax: 80,
    } as const;
    answer = () => ({
      ok: false,
      quiet: true,
      document: saying('Whom?'),
      form: { command: 'assign', title: 'Hand a role to somebody else', fields: [field] },
    });
    const shown = world.edge.shown(({ kind }) => kind === 'view');
    await world.sends(slashCommand(world, 'ana', room, 'assign', await world.trigger('ana'), 'response-1'));
    const view = (await shown).body;
    const stranger = await world.sends(viewSubmission(world, 'ana', view, { person: world.ids['guest'] ?? '' }));
    expect(JSON.parse(stranger.text)).toMatchObject({
      response_action: 'errors',
      errors: { 'field-person': expect.stringContaining('allclear.yaml') },
    });
    answer = () => DONE;
    await told('response-1', viewSubmission(world, 'ana', view, { person: world.ids['bo'] ?? '' }));
    expect(heard.at(-1)).toMatchObject({ said: { kind: 'form', command: 'assign', values: { person: '@bo' } } });
  });

  it('refuses a form of somebody else and one that was made up', async () => {
    answer = () => ({ ok: false, quiet: true, document: saying('More?'), form: { command: 'note', title: 'Note', fields: [] } });
    const shown = world.edge.shown(({ kind }) => kind === 'view');
    await world.sends(slashCommand(world, 'ana', room, 'note', await world.trigger('ana'), 'response-1'));
    const { body: view } = await shown;
    heard.length = 0;
    const { channel } = (await world.as('bot', 'conversations.open', { users: world.ids['bo'] })) as { channel: { id: string } };
    for (const forged of [view, { ...view, private_metadata: '{"command":"resolve"}' }])
      expect(await world.sends(viewSubmission(world, 'bo', forged, {}))).toEqual({ status: 200, text: '' });
    await expect
      .poll(async () => ((await world.as('bot', 'conversations.history', { channel: channel.id }))['messages'] as []).length)
      .toBe(2);
    expect(heard).toEqual([]);
  });

  it('says it in words when the form came too late', async () => {
    answer = () => ({
      ok: false,
      quiet: true,
      document: saying('The title is missing.'),
      form: { command: 'declare', title: 'Declare', fields: [] },
      fields: {},
    });
    const text = await told('response-1', slashCommand(world, 'ana', room, 'declare', 'a trigger of yesterday', 'response-1'));
    expect(text).toContain('The title is missing.');
    expect(text).toContain('type the whole command');
  });

  it('declares from a message, filled in, and takes one to the timeline', async () => {
    const message = { ts: '1772420400.000100', user: world.ids['bo'], text: 'Checkout &lt;b&gt; fails\nsince 14:05' };
    const field = { help: '', required: true, widget: 'text', choices: [], value: '', charsMax: 200 } as const;
    const fields = [
      { ...field, name: 'title', label: 'Title' },
      { ...field, name: 'service', label: 'Service', value: 'checkout' },
    ];
    answer = () => ({
      ok: false,
      quiet: true,
      document: saying('?'),
      form: { command: 'declare', title: 'Declare', fields },
      fields: { title: '?' },
    });
    const shown = world.edge.shown(({ kind }) => kind === 'view');
    await world.sends(messageShortcut(world, 'ana', room, 'declare', message, await world.trigger('ana'), 'response-1'));
    expect(JSON.stringify((await shown).body)).toContain('"initial_value":"Checkout <b> fails"');
    answer = () => DONE;
    await told('response-2', messageShortcut(world, 'ana', room, 'timeline', message, 'trigger-2', 'response-2'));
    const said = {
      kind: 'pin',
      pinned: true,
      message: message.ts,
      text: 'Checkout <b> fails\nsince 14:05',
      author: expect.stringMatching(/bo/i),
      at: 1_772_420_400_000,
    };
    expect(heard.at(-1)).toMatchObject({ person: 'ana', incident: 42, said });
  });

  it('hears at the next start what was acknowledged and never worked on', async () => {
    const { ts } = (await world.as('bot', 'chat.postMessage', { channel: room, text: 'the cause' })) as { ts: string };
    answer = () => Promise.reject(new Error('the store is gone'));
    expect((await world.sends(reaction(world, 'ana', room, ts, true, 'Ev1'))).status).toBe(200);
    await expect.poll(() => world.bugs.length).toBe(1);
    const later: Heard[] = [];
    await world.again(async (one) => {
      later.push(one);
      return DONE;
    });
    expect(later).toMatchObject([{ key: 'slack-Ev1', incident: 42, said: { kind: 'pin', pinned: true, text: 'the cause' } }]);
    await world.again(async () => {
      throw new Error('it was heard already');
    });
    expect(world.bugs).toHaveLength(1);
  });
});
