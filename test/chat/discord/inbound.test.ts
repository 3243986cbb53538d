import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Form, FormField, Heard, Reply } from '../../../src/engine/ports.ts';
import type { Document } from '../../../src/readings/document.ts';
import { type DiscordWorld, openDiscordWorld } from '../../support/discord/discord-world.ts';
import { command, completes, onMessage, presses, submits } from '../../support/discord/interactions.ts';
import { buttonsOf, fieldsOf, readMessage } from '../../support/discord/seen.ts';

function saying(text: string): Document {
  return { blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }] };
}
const DONE: Reply = { ok: true, quiet: true, document: saying('Done.') };
const FIELD: FormField = { name: 'title', label: 'Title', help: '', required: true, widget: 'text', choices: [], value: '', charsMax: 200 };

function asking(fields: readonly Partial<FormField>[], commandName = 'declare'): Reply {
  const form: Form = { command: commandName, title: 'Declare', fields: fields.map((field) => ({ ...FIELD, ...field })) };
  return { ok: false, quiet: true, document: saying('More?'), form };
}

describe('what comes from Discord', () => {
  let heard: Heard[];
  let answer: (one: Heard) => Reply | Promise<Reply>;
  let world: DiscordWorld;
  let room: string;
  beforeEach(async () => {
    heard = [];
    answer = () => DONE;
    world = await openDiscordWorld(async (one) => {
      heard.push(one);
      return answer(one);
    });
    const promise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' } as const;
    const opened = await world.platform.deliver(promise, { key: '1-0', number: 1, signal: new AbortController().signal });
    room = opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
  });
  afterEach(async () => {
    await world.close();
    expect(world.far.complaints).toEqual([]);
  });
  const by = (person: string) => ({ person, channel: room });
  const textOf = async (shown: Promise<{ body: Record<string, unknown> }>): Promise<string> => readMessage((await shown).body);
  async function cardButtons(...commands: readonly string[]): Promise<readonly string[]> {
    const card: Document = {
      blocks: [{ kind: 'buttons', buttons: commands.map((one) => ({ label: one, command: one, style: 'primary' })) }],
    };
    const promise = { kind: 'keep', incident: 42, room, topic: 'SEV1', card, digest: card } as const;
    await world.platform.deliver(promise, { key: '2-0', number: 1, signal: new AbortController().signal });
    const posted = world.far.state.channels.get(room)?.messages.find(({ pinned }) => pinned);
    return buttonsOf(posted ?? {}).map(({ id }) => id);
  }

  it('reads typed options as the fields they are: people, choices, numbers, yes and no', async () => {
    const bo = world.far.ids['bo'] ?? '';
    await command(world.far, by('ana'), 'role', { role: 'ic', person: bo });
    await command(world.far, by('ana'), 'switch', { switch: 'read-only', do: 'on', level: 2, for: '30m', reason: 'losing writes' });
    await command(world.far, by('ana'), 'merge', { into: 7 });
    expect(heard.map(({ said }) => said)).toEqual([
      { kind: 'form', command: 'role', values: { role: 'ic', person: '@bo' } },
      { kind: 'form', command: 'switch', values: { switch: 'read-only', do: 'on', level: '2', for: '30m', reason: 'losing writes' } },
      { kind: 'form', command: 'merge', values: { into: '7' } },
    ]);
    expect(heard).toMatchObject([{ person: 'ana', incident: 42, platform: 'discord' }, {}, {}]);
  });

  it('says who cannot be given anything, and hears nothing', async () => {
    const told = await textOf(command(world.far, by('ana'), 'role', { role: 'ic', person: world.far.ids['guest'] ?? '' }));
    expect(told).toContain('guest is not in allclear.yaml');
    expect(heard).toEqual([]);
  });

  it('takes whole lines, help and the home page as subcommands', async () => {
    await command(world.far, by('ana'), 'line', { words: 'sev1 Checkout is down' });
    await command(world.far, by('ana'), 'help', { about: 'switch' });
    await command(world.far, by('ana'), 'home');
    expect(heard.map(({ said }) => said)).toEqual([
      { kind: 'words', words: 'sev1 Checkout is down' },
      { kind: 'words', words: 'help switch' },
      { kind: 'home' },
    ]);
  });

  it('completes what the configuration knows, open incidents and names of commands', async () => {
    const choices = async (name: string, option: string, typed: string) =>
      ((await completes(world.far, by('ana'), name, option, typed)).body['choices'] as { name: string; value: unknown }[]).map(
        ({ value }) => value,
      );
    expect(await choices('switch', 'switch', 'read')).toEqual(['read-only']);
    expect(await choices('role', 'role', 'comm')).toContain('ic');
    expect(await choices('ack', 'incident', '')).toEqual([42]);
    expect(await choices('help', 'about', 'decla')).toEqual(['declare']);
    expect(await choices('switch', 'switch', 'nothing like it')).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('types what a button carries, in the room and the name of who pressed it', async () => {
    const [id = '', same = ''] = await cardButtons('ack 42-1', 'ack 42-1');
    expect(id).not.toBe(same);
    for (const pressed of [id, same]) expect(await textOf(presses(world.far, by('bo'), pressed))).toBe('Done.');
    expect(heard).toMatchObject([
      { person: 'bo', incident: 42, said: { kind: 'words', words: 'ack 42-1' } },
      { said: { kind: 'words', words: 'ack 42-1' } },
    ]);
  });

  it.each(['c0', 'form-1', 'show-1', '', 'x'.repeat(90)])(
    'refuses a button that was changed or made up, and says what to do: %s',
    async (forged) => {
      const [id = ''] = await cardButtons('ack 42-1');
      const changed = forged === 'c0' ? id.replace('ack', 'resolve') : forged;
      const told = await textOf(presses(world.far, by('bo'), changed));
      expect(told).toContain('type the command');
      expect(heard).toEqual([]);
    },
  );

  it('takes buttons of a conversation, where there is no server', async () => {
    const [id = ''] = await cardButtons('ack 42-1');
    await presses(world.far, { ...by('bo'), inServer: false }, id);
    expect(heard).toMatchObject([{ person: 'bo', said: { words: 'ack 42-1' } }]);
  });

  it('knows nobody in strangers, and serves one server only', async () => {
    await command(world.far, by('guest'), 'ack');
    expect(heard).toMatchObject([{ person: null, userName: 'guest' }]);
    const open = world.far.interaction();
    const shown = world.far.shown(({ token }) => token === open.token);
    const user = { id: world.far.ids['ana'], username: 'ana' };
    const data = { name: 'incident', type: 1, options: [{ name: 'ack', type: 1, options: [] }] };
    world.far.gateway.dispatch('INTERACTION_CREATE', { ...open, type: 2, guild_id: '1', channel_id: room, member: { user }, data });
    expect(await textOf(shown)).toContain('another server');
    expect(heard).toHaveLength(1);
  });

  it('asks by form for what is missing, five fields at a time, and keeps the others', async () => {
    const fields = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({
      name,
      value: name === 'b' || name === 'f' ? 'given' : '',
      required: name > 'c',
    }));
    answer = () => asking(fields);
    const { kind, body } = await command(world.far, by('ana'), 'declare', { title: 'x' });
    expect(kind).toBe('modal');
    expect(Object.keys(fieldsOf(body))).toEqual(['a', 'c', 'd', 'e', 'g']);
    answer = () => DONE;
    await submits(world.far, by('ana'), body, { a: '1', g: '7' });
    expect(heard.at(-1)?.said).toEqual({ kind: 'form', command: 'declare', values: { a: '1', b: 'given', f: 'given', g: '7' } });
  });

  it('asks for people, choices and yes or no with what Discord has for them', async () => {
    const person = { name: 'person', widget: 'person', value: '@bo' } as const;
    const choices = [{ value: 'ic', label: 'Incident Commander' }];
    answer = () => asking([person, { name: 'role', widget: 'choice', choices, value: 'ic' }, { name: 'sure', widget: 'yes-no' }]);
    const { body } = await command(world.far, by('ana'), 'role', { role: 'ic' });
    expect(JSON.stringify(body)).toContain(`"default_values":[{"id":"${world.far.ids['bo']}","type":"user"}]`);
    const told = await textOf(submits(world.far, by('ana'), body, { person: world.far.ids['guest'] ?? '', role: 'ic' }));
    expect(told).toContain('is not in allclear.yaml');
    answer = () => DONE;
    await submits(world.far, by('ana'), body, { person: world.far.ids['cy'] ?? '', role: 'ic', sure: 'yes' });
    expect(heard.at(-1)?.said).toEqual({ kind: 'form', command: 'declare', values: { person: '@cy', role: 'ic', sure: 'yes' } });
  });

  it('refuses a form of somebody else and one that was made up', async () => {
    answer = () => asking([{}], 'note');
    const { body } = await command(world.far, by('ana'), 'note', { text: 'x' });
    heard.length = 0;
    for (const forged of [body, { ...body, custom_id: 'form-123' }, { ...body, custom_id: '../../x' }])
      expect(await textOf(submits(world.far, by('bo'), forged, { title: 'x' }))).toContain('not one of this Allclear');
    expect(heard).toEqual([]);
  });

  it('declares from a message, filled in, and takes one to the timeline', async () => {
    const message = world.far.says('bo', room, `Checkout <b> fails\nsince <@${world.far.ids['ana']}> deployed`);
    const shown = { ...message, reactions: [] };
    answer = () => asking([{}, { name: 'service', value: 'checkout' }]);
    const { body } = await onMessage(world.far, by('ana'), 'Declare incident from this', shown);
    expect(JSON.stringify(body)).toContain('"value":"Checkout <b> fails"');
    expect(heard.at(-1)).toMatchObject({ incident: null, said: { words: 'declare' } });
    answer = () => DONE;
    await onMessage(world.far, by('ana'), 'Add to timeline', shown);
    const said = {
      kind: 'pin',
      pinned: true,
      message: message.id,
      text: 'Checkout <b> fails\nsince @Ana Lima deployed',
      author: 'Bo Berg',
    };
    expect(heard.at(-1)).toMatchObject({ person: 'ana', incident: 42, said });
    const elsewhere = { person: 'ana', channel: [...world.far.state.channels.keys()][1] ?? '' };
    expect(await textOf(onMessage(world.far, elsewhere, 'Add to timeline', shown))).toContain('not the room of an incident');
  });

  it('tells a long answer in parts, and an empty one with a mark', async () => {
    const words = Array.from({ length: 700 }, (_, index) => `word${index}`).join(' ');
    answer = () => ({ ...DONE, document: saying(words) });
    const first = await textOf(command(world.far, by('ana'), 'timeline'));
    const told = () => {
      const further = world.far.calls.filter(({ path }) => path.startsWith('/webhooks/')).map(({ body }) => String(body['content']));
      return [first, ...further].join(' ').split(/\s+/);
    };
    await expect.poll(told).toEqual(words.split(' '));
    answer = () => ({ ...DONE, document: { blocks: [] } });
    expect(await textOf(command(world.far, by('ana'), 'timeline'))).toBe('✓');
  });

  it('answers aloud in the room where the answer is not quiet', async () => {
    answer = () => ({ ...DONE, quiet: false });
    expect(await command(world.far, by('ana'), 'status')).toMatchObject({ isPrivate: false });
  });

  it.each([
    ['INTERACTION_CREATE', {}],
    ['INTERACTION_CREATE', { id: '1', token: 't', type: 2, data: 7 }],
    ['INTERACTION_CREATE', { id: '1', token: 't', type: 99, user: { id: '1', username: 'x' } }],
    ['INTERACTION_CREATE', { id: '1', token: 't', type: 5, user: { id: '1', username: 'x' }, data: { components: 'none' } }],
    ['MESSAGE_REACTION_ADD', { emoji: { name: '📌' } }],
    ['MESSAGE_UPDATE', { channel_id: 'x' }],
  ])('changes nothing when it is nonsense: %s %j', async (type, data) => {
    world.far.gateway.dispatch(type, data);
    await command(world.far, by('ana'), 'ack');
    expect(heard).toHaveLength(1);
    expect(world.bugs).toEqual([]);
  });
});
