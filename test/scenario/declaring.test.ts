import { afterEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

let bot: Harness;
afterEach(() => bot.close());

const ROOM = /^inc-1/;
const twoWorlds: Catalog = { ...exampleCatalog, incidents: { ...exampleCatalog.incidents, platforms: ['console', 'slack'] } };
const declared = async (): Promise<number> => (await bot.eventTypes()).filter((type) => type === 'incident.declared').length;

describe('one line declares', () => {
  it('with a severity: the room is open, the service is known, somebody is woken', async () => {
    bot = await harness();
    const { text, reply } = await bot.types('dee', 'sev1 Checkout is down');
    expect(reply).toMatchObject({ ok: true, quiet: false, incident: 1 });
    expect(text).toMatch(
      /Declared at sev1: Checkout is down\n.*Paging policy payments: Checkout is down[\s\S]*Next: take command with \/inc role ic @me/,
    );
    bot.expectsPage('bo', /^\[SEV1\] inc-1 Checkout is down$/, 'chat');
    expect(bot.room.rooms.get(1)).toBe('inc-1-checkout-is-down');
    expect(bot.room.invited(1)).toEqual(['bo', 'dee']);
    expect(bot.room.card(1)?.topic).toBe('SEV1 · investigating · no IC · Checkout is down');
    expect(bot.card(1)).toMatch(
      /Service: +Checkout · tier 0[\s\S]*Recover by: +03:15 UTC \(in 15m\)[\s\S]*Page 1-1: +ringing Bo Berg \(level 1\), next level in 5m/,
    );
  });

  it('without a severity: it stays unset, and somebody is woken all the same', async () => {
    bot = await harness();
    await bot.types('cy', 'Checkout is down');
    bot.expectsPage('bo', /^\[severity unset\] inc-1 Checkout is down$/, 'chat');
    expect(bot.card(1)).toMatch(/Severity: +unset/);
  });

  it.each(['p1 Checkout is down', '"Checkout is down" p1', 'declare SEV1 "Checkout is down"', '/incident new Checkout is down p1'])(
    'as people type it: %s',
    async (words) => {
      bot = await harness();
      await bot.types('cy', words);
      bot.expectsPage('bo', /^\[SEV1\] inc-1 Checkout is down$/, 'chat');
    },
  );

  it('with more words than a title holds: none of them is lost', async () => {
    bot = await harness();
    const long = `Checkout is down ${'and down '.repeat(30)}`.trim();
    const { reply } = await bot.types('cy', `sev1 ${long}`);
    expect(reply.ok).toBe(true);
    bot.expectsPage('bo', /^\[SEV1\] inc-1 Checkout is down and down.*…$/, 'chat');
    const view = await bot.bot.readings.incident(1);
    expect(view?.incident.title).toHaveLength(140);
    expect(view?.incident.description).toBe(long);
  });

  it('about nothing the catalog knows: nobody is paged, and that is loud', async () => {
    bot = await harness();
    const { text } = await bot.types('cy', 'The coffee machine is broken');
    expect(text).toMatch(/Nobody was paged: no service was named and there is no default policy/);
    bot.expectsMessage(ROOM, /Nobody was paged[\s\S]*Wake somebody now: \/inc page @name/);
  });

  it('as a drill: everything says so', async () => {
    bot = await harness();
    await bot.types('cy', 'drill sev1 Checkout is down');
    bot.expectsPage('bo', /^DRILL \[SEV1\] inc-1 Checkout is down$/, 'chat');
    expect(bot.room.rooms.get(1)).toBe('drill-1-checkout-is-down');
    expect(bot.room.card(1)?.topic).toMatch(/^DRILL · /);
    expect(bot.card(1)).toMatch(/^DRILL · inc-1/);
  });

  it('by a form', async () => {
    bot = await harness();
    const { reply } = await bot.types('cy', 'declare');
    expect(reply).toMatchObject({ ok: false, form: { command: 'declare' } });
    expect(reply.form?.fields.map(({ name, widget }) => `${name}: ${widget}`)).toEqual([
      'severity: choice',
      'service: choice',
      'title: text',
      'description: paragraph',
    ]);
    const wrong = await bot.fills('cy', 'declare', { severity: 'sev9', title: 'Cards fail' });
    expect(wrong.reply.fields).toEqual({ severity: '"sev9" is no severity I know.' });
    const empty = await bot.fills('cy', 'declare', { severity: 'sev1' });
    expect(empty.reply.fields).toEqual({ title: 'Needed: what is happening, in a few words.' });
    await bot.fills('cy', 'declare', { severity: 'sev1', service: 'checkout', title: 'Cards fail', description: 'Since the deploy' });
    bot.expectsPage('bo', /Cards fail/, 'chat');
  });
});

describe('words that declare nothing', () => {
  it('a misspelt command asks what was meant', async () => {
    bot = await harness();
    const { text, reply } = await bot.types('cy', 'resovle');
    expect(reply).toMatchObject({ ok: false, quiet: true });
    expect(text).toMatch(/There is no command resovle. Did you mean resolve\?[\s\S]*Use resolve: \/incident help resolve/);
    const sentence = await bot.types('cy', 'timline of today');
    expect(sentence.text).toMatch(/Did you mean timeline\?[\s\S]*Declare it as an incident: \/incident declare timline of today/);
    expect(await declared()).toBe(0);
  });

  it('nothing, and help, explain themselves to the asker only', async () => {
    bot = await harness();
    for (const words of ['', '/inc', 'help', 'help nonsense']) {
      const { text, reply } = await bot.types('cy', words);
      expect(reply).toMatchObject({ ok: true, quiet: true });
      expect(text).toMatch(/^Declare: \/incident sev1 Checkout is down/);
    }
    expect((await bot.types('cy', 'help role')).text).toMatch(
      /^role Give somebody a role[\s\S]*role ic @ana[\s\S]*person \(may be left out\): who; you when left out/,
    );
    expect(await bot.eventTypes()).toEqual([]);
  });

  it('a look at a status that is none asks whether it is an incident', async () => {
    bot = await harness();
    await bot.types('cy', 'sev4 Checkout is slow');
    const { text, reply } = await bot.types('cy', 'status page is down');
    expect(text).toMatch(/“page is down” begins with no status[\s\S]*\/inc declare status page is down/);
    expect(reply.form?.command).toBe('status');
  });
});

describe('a room that cannot be opened', () => {
  it('stops nothing: people are woken, the declarer is told, the card of the other world says it', async () => {
    bot = await harness({ catalog: twoWorlds });
    bot.platform('slack').failWith({ outcome: 'dead', reason: 'auth', detail: 'missing_scope channels:manage' }, ['open']);
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.expectsMessage('@cy', /inc-1 has no room on slack: missing_scope channels:manage/, 'slack');
    bot.expectsMessage(ROOM, /inc-1 has no room on slack/, 'console');
    expect(bot.card(1)).toMatch(/No room on slack: +missing_scope channels:manage/);
    expect((await bot.types('cy', 'status inc-1')).text).toMatch(/No room on slack/);
  });

  it('is named in the answer, with what is missing, to whoever waits for it there', async () => {
    bot = await harness({ catalog: twoWorlds });
    bot.platform('slack').failWith({ outcome: 'dead', reason: 'auth', detail: 'missing_scope channels:manage' }, ['open']);
    const answering = bot.types('cy', 'sev1 Checkout is down', { platform: 'slack', waitsMs: 1_500 });
    await bot.fastForward('1s');
    const { text, reply } = await answering;
    expect(reply).toMatchObject({ ok: true, incident: 1 });
    expect(text).toMatch(/Declared at sev1[\s\S]*No room on slack: missing_scope channels:manage[\s\S]*Next: take command with .* inc-1/);
    // Also whoever declares elsewhere, where a room opens, hears of the one that does not.
    expect((await bot.types('cy', 'role ic @me inc-1')).reply.ok).toBe(true);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.expectsMessage('@cy', /inc-1 has no room on slack/, 'slack');
    bot.expectsMessage(ROOM, /inc-1 has no room on slack/, 'console');
    bot.expectsMessage(ROOM, /Cy .* is Incident Commander/, 'console');
    bot.expectsMessage('@cy', /You are Incident Commander of inc-1/, 'console');
    bot.expectsMessage('@cy', /You are Incident Commander of inc-1/, 'slack');
  });

  it('is answered in time when nobody knows yet, and told once it is known', async () => {
    bot = await harness({ catalog: twoWorlds });
    bot.platform('slack').failWith({ outcome: 'retry', reason: 'server', detail: 'answered 503' }, ['open']);
    const answering = bot.types('cy', 'sev1 Checkout is down', { platform: 'slack', waitsMs: 1_500 });
    await bot.fastForward('2s');
    expect((await answering).text).toMatch(/The room on slack is not open yet. I keep trying/);
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    bot.platform('slack').failWith({ outcome: 'dead', reason: 'auth', detail: 'token_revoked' }, ['open']);
    await bot.fastForward('1m');
    bot.expectsPage('bo', /Checkout is down/, 'email');
    bot.expectsMessage('@cy', /inc-1 has no room on slack: token_revoked/, 'slack');
    bot.expectsMessage(ROOM, /inc-1 has no room on slack/, 'console');
  });

  it('is tried again while the platform is away, and then shows everything that was said', async () => {
    bot = await harness();
    bot.room.failWith({ outcome: 'retry', reason: 'unreachable', detail: 'away' });
    await bot.types('cy', 'sev1 Checkout is down');
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    await bot.types('bo', 'ack');
    await bot.types('bo', 'role ic me');
    await bot.fastForward('3m');
    expect(bot.room.rooms.size).toBe(0);
    bot.expectsNothingElse();
    bot.room.failWith(null);
    await bot.fastForward('2m');
    bot.expectsMessage(ROOM, /Bo Berg acknowledged page 1-1/);
    bot.expectsMessage(ROOM, /Bo Berg is Incident Commander/);
    bot.expectsMessage('@bo', /You are Incident Commander of inc-1/);
    expect(bot.card(1)).toMatch(/Incident Commander: +Bo Berg/);
  });
});

describe('the same delivery ten times', () => {
  it('is one incident and ten times the same answer', async () => {
    bot = await harness();
    const answers = await Promise.all(Array.from({ length: 10 }, () => bot.types('cy', 'sev1 Checkout is down', { key: 'slack-E1' })));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ reply }) => reply.incident)).toEqual(Array.from({ length: 10 }, () => 1));
    bot.expectsPage('bo', /Checkout is down/, 'chat');
    // Also when it means something else by now: nothing rings any more.
    const first = await bot.types('bo', 'ack', { key: 'slack-E2' });
    const again = await bot.types('bo', 'ack', { key: 'slack-E2' });
    expect(again).toEqual(first);
    bot.expectsMessage(ROOM, /Bo Berg acknowledged/);
    expect((await bot.types('bo', 'ack')).text).toMatch(/No page is waiting/);
    expect(await declared()).toBe(1);
  });
});
