import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMessage } from '../support/discord/seen.ts';
import { type DiscordStage, openDiscordStage } from './discord-stage.ts';

/** A call that is never answered is given up after ten seconds, and tried again. */
const TEST_MS_MAX = 60_000;
const WAIT = { timeout: 25_000, interval: 50 };
const CHANNELS = /\/guilds\/\d+\/channels$/;
const refuses = (status: number, code: number, message: string) => ({ status, body: { code, message } });
const many = <One>(one: One): readonly One[] => Array.from({ length: 30 }, () => one);

/** What the room, the person and the ledger see when Discord is in trouble. Paging goes on in each. */
describe('Discord in trouble, from the room', { timeout: TEST_MS_MAX }, () => {
  let stage: DiscordStage;
  let general: string;
  beforeEach(async () => {
    stage = await openDiscordStage(({ state }) => {
      general = [...state.channels.values()].find(({ name }) => name === 'incidents')?.id ?? '';
      return {};
    });
  });
  afterEach(async () => {
    await stage.stop();
    expect(stage.far.complaints).toEqual([]);
  });

  const declare = () => stage.does('ana', general, 'declare', { severity: 'sev1', title: 'Checkout is down' });
  const inLedger = (line: RegExp) => expect.poll(() => stage.timeline(1), WAIT).toMatch(line);
  const isPaged = async () => {
    await stage.sees(await stage.inbox('bo'), /\[SEV1\] inc-1 Checkout is down/);
    await inLedger(/<@bo> was notified by chat/);
  };
  const calls = (method: string, path: RegExp) => stage.far.calls.filter((call) => call.method === method && path.test(call.path)).length;

  it('429: the room opens as soon as Discord allows, once; nobody else notices', async () => {
    stage.far.fault('POST', CHANNELS, { status: 429, body: {}, headers: { 'retry-after': '1' } });
    expect(await declare()).toContain('Declared');
    await isPaged();
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    const cards = stage.messages(room).filter((message) => readMessage(message).includes('inc-1 · Checkout is down'));
    expect(cards).toHaveLength(1);
    expect(await stage.timeline(1)).not.toContain('lacks');
  });

  it('5xx: the room opens when Discord is back; the page did not wait for it', async () => {
    stage.far.fault('POST', CHANNELS, { status: 503, body: {} }, { status: 500, body: {} });
    expect(await declare()).toContain('Declared');
    await isPaged();
    await inLedger(/Room opened on discord/);
  });

  it('silence: what may stand is looked for, then made, once; the page went out meanwhile', async () => {
    stage.far.fault('POST', CHANNELS, { hang: true }, { lost: true });
    await declare();
    await isPaged();
    await inLedger(/Room opened on discord/);
    expect([...stage.far.state.channels.values()].filter(({ name, type }) => name.startsWith('inc-1-') && type === 0)).toHaveLength(1);
    expect(calls('GET', CHANNELS)).toBeGreaterThan(0);
  });

  it('an unknown channel: who leads reads it in a direct message, the ledger keeps it, commands go on', async () => {
    await declare();
    const room = await stage.room();
    await stage.sees(room, /inc-1 · Checkout is down/);
    for (const method of ['POST', 'PATCH'])
      stage.far.fault(method, new RegExp(`/channels/${room}(?:/|$)`), ...many(refuses(404, 10_003, 'Unknown Channel')));
    expect(await stage.does('ana', room, 'update', { text: 'Card payments fail' })).toContain('Update: Card payments fail');
    await stage.sees(await stage.inbox('ana'), /lacks its (?:messages|card):.*go on in the console/);
    await inLedger(/The room on discord lacks its (?:messages|card): .*Unknown Channel/);
    expect(await stage.does('bo', room, 'ack')).toContain('acknowledged');
  });

  it('a revoked token: the command is answered all the same, and the ledger says what could not be done', async () => {
    const all = /^\/(?:guilds|channels|users)\//;
    for (const method of ['GET', 'POST', 'PUT', 'PATCH']) stage.far.fault(method, all, ...many(refuses(401, 0, '401: Unauthorized')));
    // The address an interaction is answered at needs no token.
    expect(await declare()).toMatch(/Declared[\s\S]*No room on discord:.*DISCORD_TOKEN/);
    await inLedger(/No room on discord: .*DISCORD_TOKEN/);
    await inLedger(/<@bo> could not be notified by chat: .*401: Unauthorized/);
  });

  it('a permission without which no room opens: the answer says what is missing, people are paged, and commands go on', async () => {
    stage.far.fault('POST', CHANNELS, ...many(refuses(403, 50_013, 'Missing Permissions')));
    expect(await declare()).toMatch(/Declared at sev1[\s\S]*No room on discord:.*allclear discord invite[\s\S]*role ic @me inc-1/);
    await isPaged();
    expect(await stage.does('ana', general, 'role', { role: 'ic', incident: 'inc-1' })).toContain('Incident Commander');
    await stage.sees(await stage.inbox('ana'), /inc-1 has no room on discord:.*allclear discord invite/);
  });

  it('a missing permission: the room stands, and it is said once what it lacks and what to do', async () => {
    stage.far.fault('PUT', /\/messages\/pins\//, refuses(403, 50_013, 'Missing Permissions'));
    await declare();
    const room = await stage.room();
    await stage.sees(room, /The room of inc-1 on discord lacks its pin: .*allclear discord invite/);
    await inLedger(/The room on discord lacks its pin/);
    await stage.does('ana', room, 'update', { text: 'Card payments fail' });
    await stage.sees(room, /Last update: .*Card payments fail/);
    expect((await stage.timeline(1)).split('\n').filter((line) => line.includes('lacks'))).toHaveLength(1);
  });

  it('an expired interaction: the answer comes as a direct message, and what was asked is done', async () => {
    await declare();
    const room = await stage.room();
    await inLedger(/Room opened on discord/);
    stage.far.fault('POST', /^\/interactions\//, refuses(404, 10_062, 'Unknown interaction'));
    stage.does('bo', room, 'update', { text: 'Card payments fail' }).catch(() => undefined);
    await stage.sees(await stage.inbox('bo'), /Update: Card payments fail/);
    await inLedger(/Update: Card payments fail/);
  });
});
