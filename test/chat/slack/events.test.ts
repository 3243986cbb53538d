import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Heard, Reply } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import type { Block, Document } from '../../../src/readings/document.ts';
import { buttonPress, edited, homeOpened, reaction } from '../../support/slack/payloads.ts';
import { readMessage } from '../../support/slack/seen.ts';
import { openSlackWorld, type SlackWorld } from '../../support/slack/slack-world.ts';

const say = (text: string): Block => ({ kind: 'text', text: [{ kind: 'plain', text }] });
const SIGNAL = new AbortController().signal;

describe('events of Slack', () => {
  let heard: Heard[];
  let shown: Document;
  let world: SlackWorld;
  let room: string;
  beforeEach(async () => {
    heard = [];
    shown = { blocks: [say('Nothing rings for you.')] };
    world = await openSlackWorld(async (one): Promise<Reply> => {
      heard.push(one);
      return { ok: true, quiet: true, document: shown };
    });
    const promise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' } as const;
    const opened = await world.platform.deliver(promise, { key: '1-0', number: 1, signal: SIGNAL });
    room = opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
  });
  afterEach(async () => {
    await world.close();
    expect(world.edge.complaints).toEqual([]);
    expect(world.bugs).toEqual([]);
  });

  it('tell of edits and deletions in an incident room, under their own keys, by nobody in particular', async () => {
    await world.sends(edited(room, '1.2', 'the &lt;real&gt; cause', 'Ev1', [{ title: 'graph.png', permalink: 'https://f.example.org/1' }]));
    await world.sends(edited(room, '1.2', null, 'Ev2'));
    await expect.poll(() => heard.length).toBe(2);
    const text = 'the <real> cause\n📎 graph.png https://f.example.org/1';
    expect(heard).toMatchObject([
      { key: 'slack-Ev1', person: null, incident: 42, said: { kind: 'edited', message: '1.2', text } },
      { key: 'slack-Ev2', person: null, incident: 42, said: { kind: 'edited', message: '1.2', text: null } },
    ]);
  });

  it('do not tell of our own card, of other channels, or of what people say to each other', async () => {
    const own = edited(room, '1.2', 'the card', 'Ev1') as { event: { message: object } };
    await world.sends({ ...own, event: { ...own.event, message: { ...own.event.message, bot_id: 'B0ALLCLEAR' } } });
    await world.sends(edited('C0OTHER', '1.2', 'lunch?', 'Ev2'));
    await world.sends({
      type: 'event_callback',
      event_id: 'Ev3',
      event: { type: 'message', channel: room, ts: '1.3', text: 'private words', user: world.ids['bo'] },
    });
    // All of it was worked on, and nothing was kept.
    await world.again(async (one) => {
      heard.push(one);
      return { ok: true, quiet: true, document: shown };
    });
    expect(heard).toEqual([]);
  });

  it('bring the files of a pinned message along, by name and address', async () => {
    const files = [{ name: 'graph.png', title: null, permalink: 'https://f.example.org/1' }];
    world.edge.fault('conversations.history', { status: 200, body: { ok: true, messages: [{ ts: '1.2', text: '', files }] } });
    await world.sends(reaction(world, 'ana', room, '1.2', true, 'Ev1'));
    await expect.poll(() => heard.length).toBe(1);
    expect(heard).toMatchObject([{ said: { kind: 'pin', text: '📎 graph.png https://f.example.org/1' } }]);
  });

  it('show the Home tab to who opens it, with buttons that work there and bring it up to date', async () => {
    shown = {
      blocks: [say('42-1 rings'), { kind: 'buttons', buttons: [{ label: 'Acknowledge', command: 'ack 42-1', style: 'primary' }] }],
    };
    const opened = world.edge.shown(({ kind }) => kind === 'home');
    await world.sends(homeOpened(world, 'bo', 'Ev1'));
    const { body, name } = await opened;
    expect(name).toBe(world.ids['bo']);
    expect(readMessage(body)).toContain('42-1 rings');
    expect(heard).toMatchObject([{ person: 'bo', incident: null, said: { kind: 'home' } }]);
    const [{ value } = { value: '' }] = (body['blocks'] as { elements?: { value: string }[] }[]).flatMap(({ elements = [] }) =>
      elements.filter((one) => 'value' in one),
    );
    shown = { blocks: [say('Nothing rings for you.')] };
    const again = world.edge.shown(({ kind }) => kind === 'home');
    const pressed = new URLSearchParams(buttonPress(world, 'bo', 'C1', value, 'trigger-1', 'response-1'));
    const { channel: _nowhere, response_url: _none, ...payload } = JSON.parse(pressed.get('payload') ?? '{}') as Record<string, unknown>;
    await world.sends(new URLSearchParams({ payload: JSON.stringify({ ...payload, view: { type: 'home' } }) }).toString());
    expect(readMessage((await again).body)).toContain('Nothing rings for you.');
    expect(heard[1]).toMatchObject({ person: 'bo', said: { kind: 'words', words: 'ack 42-1' } });
  });

  it('are tried again after a minute when Slack was too ill to say who or what it was about', async () => {
    const alarms: (() => void)[] = [];
    const clock = {
      ...systemClock,
      alarm(at: number, ring: () => void) {
        if (at > Date.now() + 50_000) alarms.push(ring);
        return () => undefined;
      },
    };
    const ill = await openSlackWorld(
      async (one) => {
        heard.push(one);
        return { ok: true, quiet: true, document: shown };
      },
      { clock },
    );
    const promise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' } as const;
    const opened = await ill.platform.deliver(promise, { key: '1-0', number: 1, signal: SIGNAL });
    const place = opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
    ill.edge.fault('users.info', { status: 503, body: {} });
    await ill.sends(reaction(ill, 'bo', place, '1.2', true, 'Ev1'));
    await expect.poll(() => alarms.length).toBe(1);
    expect(heard).toEqual([]);
    alarms[0]?.();
    await expect.poll(() => heard.length).toBe(1);
    expect(heard).toMatchObject([{ key: 'slack-Ev1', person: 'bo', said: { kind: 'pin', pinned: true } }]);
    await ill.close();
  });

  it('show strangers what the bot says to strangers', async () => {
    const opened = world.edge.shown(({ kind }) => kind === 'home');
    await world.sends(homeOpened(world, 'guest', 'Ev1'));
    await opened;
    expect(heard).toMatchObject([{ person: null, said: { kind: 'home' } }]);
  });
});
