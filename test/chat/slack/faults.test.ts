import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatPromise, Outcome } from '../../../src/engine/ports.ts';
import type { Document } from '../../../src/readings/document.ts';
import { openSlackWorld, type SlackWorld } from '../../support/slack/slack-world.ts';

const OPEN: ChatPromise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' };
const CARD: Document = { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'SEV1 Checkout' }] }] };

describe('Slack in trouble', () => {
  let world: SlackWorld;
  beforeEach(async () => {
    world = await openSlackWorld(async () => ({ ok: true, quiet: true, document: { blocks: [] } }));
  });
  afterEach(() => world.close());

  function deliver(promise: ChatPromise, key: string, number = 1): Promise<Outcome> {
    return world.platform.deliver(promise, { key, number, signal: new AbortController().signal });
  }
  async function openRoom(): Promise<string> {
    const opened = await deliver(OPEN, '1-0');
    return opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
  }
  const saying = (room: string): ChatPromise => ({ kind: 'say', incident: 42, room, document: CARD });
  const keeping = (room: string): ChatPromise => ({ kind: 'keep', incident: 42, room, topic: 'SEV1', card: CARD, digest: CARD });
  const callsOf = (method: string) => world.edge.calls.filter((call) => call.method === method).length;
  async function textsIn(channel: string): Promise<readonly string[]> {
    const { messages } = (await world.as('bot', 'conversations.history', { channel })) as {
      messages: { text: string; subtype?: string }[];
    };
    return messages.filter(({ subtype }) => subtype === undefined).map(({ text }) => text);
  }

  it.each([
    [
      '429 with Retry-After',
      { status: 429, body: {}, headers: { 'retry-after': '7' } },
      { outcome: 'later', reason: 'rate_limited', afterMs: 7_000 },
    ],
    ['503', { status: 503, body: {} }, { outcome: 'retry', reason: 'server' }],
    ['an error of its own', { status: 200, body: { ok: false, error: 'internal_error' } }, { outcome: 'retry', reason: 'server' }],
    ['silence', { hang: true }, { outcome: 'unknown' }],
    [
      'channel_not_found',
      { status: 200, body: { ok: false, error: 'channel_not_found' } },
      { outcome: 'dead', reason: 'client', detail: expect.stringContaining('console') },
    ],
    [
      'is_archived',
      { status: 200, body: { ok: false, error: 'is_archived' } },
      { outcome: 'dead', reason: 'client', detail: expect.stringContaining('unarchive') },
    ],
    [
      'token_revoked',
      { status: 200, body: { ok: false, error: 'token_revoked' } },
      { outcome: 'dead', reason: 'auth', detail: expect.stringContaining('SLACK_BOT_TOKEN') },
    ],
    [
      'missing_scope',
      { status: 200, body: { ok: false, error: 'missing_scope', needed: 'chat:write' } },
      { outcome: 'dead', reason: 'auth', detail: expect.stringContaining('(chat:write)') },
    ],
    [
      'a word nobody knows',
      { status: 200, body: { ok: false, error: 'new_error' } },
      { outcome: 'dead', reason: 'client', detail: 'chat.postMessage: new_error' },
    ],
  ] as const)('answers what became of a message after %s, and asks once', async (_name, fault, expected) => {
    const room = await openRoom();
    world.edge.fault('chat.postMessage', fault);
    expect(await deliver(saying(room), '2-0')).toMatchObject(expected);
    expect(callsOf('chat.postMessage')).toBe(1);
  });

  it('looks for a message whose answer was lost before it says it again', async () => {
    const room = await openRoom();
    world.edge.fault('chat.postMessage', { lost: true });
    expect(await deliver(saying(room), '2-0')).toMatchObject({ outcome: 'unknown' });
    expect(await deliver(saying(room), '2-0', 2)).toEqual({ outcome: 'done' });
    expect(await textsIn(room)).toHaveLength(1);
    expect(callsOf('chat.postMessage')).toBe(1);
  });

  it('finds the room whose answer was lost, and makes no second one', async () => {
    world.edge.fault('conversations.create', { lost: true });
    expect(await deliver(OPEN, '1-0')).toMatchObject({ outcome: 'unknown' });
    const found = await deliver(OPEN, '1-0', 2);
    expect(found).toMatchObject({ outcome: 'done', acts: [{ type: 'incident.room-opened', incident: 42 }] });
    const { channels } = (await world.as('bot', 'conversations.list', {})) as { channels: { name: string }[] };
    expect(channels.filter(({ name }) => name.startsWith('inc-42'))).toHaveLength(1);
  });

  it('takes another name when somebody else has the channel', async () => {
    const { channel } = (await world.as('bot', 'conversations.create', { name: 'inc-42-checkout' })) as { channel: { id: string } };
    const room = await openRoom();
    expect(room).not.toBe(channel.id);
    const { channel: made } = (await world.as('bot', 'conversations.info', { channel: room })) as { channel: { name: string } };
    expect(made.name).toBe('inc-42-checkout-2');
  });

  it('makes one room of two that are asked for at once', async () => {
    await Promise.all([deliver(OPEN, '1-0'), deliver(OPEN, '1-0')]);
    await deliver(OPEN, '1-0', 2);
    const { channels } = (await world.as('bot', 'conversations.list', {})) as { channels: { name: string }[] };
    expect(channels.filter(({ name }) => name.startsWith('inc-42')).map(({ name }) => name)).toEqual(['inc-42-checkout']);
  });

  it('puts the card back when somebody deleted it', async () => {
    const room = await openRoom();
    await deliver(keeping(room), '2-0');
    const { messages } = (await world.as('bot', 'conversations.history', { channel: room })) as {
      messages: { ts: string; subtype?: string }[];
    };
    const card = messages.find(({ subtype }) => subtype === undefined);
    await world.as('bot', 'chat.delete', { channel: room, ts: card?.ts });
    expect(await deliver(keeping(room), '3-0')).toEqual({ outcome: 'done' });
    expect(await textsIn(room)).toHaveLength(1);
  });

  it('keeps the card where pinning and topics are forbidden, and says so', async () => {
    const room = await openRoom();
    for (const method of ['pins.add', 'conversations.setTopic'])
      world.edge.fault(method, { status: 200, body: { ok: false, error: 'restricted_action' } });
    const lacking = (what: string) =>
      expect.objectContaining({ type: 'incident.room-degraded', incident: 42, what, detail: expect.stringContaining('Ask an owner') });
    const told = { outcome: 'done', acts: [lacking('its pin'), lacking('its topic')] };
    expect(await deliver(keeping(room), '2-0')).toEqual(told);
    // Told again without asking again: whoever hears it knows whether it is news.
    expect(await deliver(keeping(room), '3-0')).toEqual(told);
    expect([callsOf('pins.add'), callsOf('conversations.setTopic')]).toEqual([1, 1]);
    expect(await textsIn(room)).toHaveLength(1);
  });

  it('says who cannot be written to, and what to add', async () => {
    const outcome = await deliver({ kind: 'direct', person: 'cy', document: CARD }, '2-0');
    expect(outcome).toMatchObject({ outcome: 'dead', reason: 'client', detail: expect.stringContaining('identities.slack') });
  });

  it('knows the groups of a person without asking each time', async () => {
    world.edge.groups = [
      { handle: 'oncall-payments', users: [world.ids['bo'] ?? ''] },
      { handle: 'all', users: [] },
    ];
    expect(await world.platform.groups('bo')).toEqual(['oncall-payments']);
    expect(await world.platform.groups('ana')).toEqual([]);
    expect(callsOf('usergroups.list')).toBe(1);
  });
});
