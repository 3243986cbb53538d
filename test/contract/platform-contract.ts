import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attempt, ChatPromise, Form, Hear, Heard, Outcome, Platform, Reply } from '../../src/engine/ports.ts';
import type { Document, Inline } from '../../src/readings/document.ts';

/** A message as a person sees it there. */
export interface SeenMessage {
  readonly text: string;
  /** A person of the catalog, or `allclear`. */
  readonly author: string;
  /** What the platform would notify or obey: ids of people mentioned, `everyone` and the like. */
  readonly mentions: readonly string[];
}
/** What the asker gets back: only theirs to see when `isPrivate`. */
export interface SeenReply {
  readonly text: string;
  readonly isPrivate: boolean;
  /** Names of the fields of a form that is shown, and what is complained about there. */
  readonly form: { readonly fields: readonly string[]; readonly complaints: Readonly<Record<string, string>> } | null;
}

/**
 * One opened chat world, with eyes and hands of the people in it: each platform looks through its own client or server, never
 * through its own memory. `ana` and `bo` are people of the catalog who are known there.
 */
export interface PlatformHarness {
  readonly platform: Platform;
  readonly observe: {
    rooms(): Promise<readonly { readonly room: string; readonly incident: number }[]>;
    /** Texts of the living cards in a room: one when all is well. */
    cards(room: string): Promise<readonly string[]>;
    topic(room: string): Promise<string>;
    /** Without cards and without notices about who joined. */
    messages(room: string): Promise<readonly SeenMessage[]>;
    members(room: string): Promise<readonly string[]>;
    inbox(person: string): Promise<readonly SeenMessage[]>;
  };
  readonly act: {
    /** The person types a command in the room of an incident; the platform delivers it under `delivery`, as often as asked. */
    types(person: string, incident: number, words: string, delivery: string): Promise<SeenReply>;
    /** The person sends the form a reply showed. */
    fills(
      person: string,
      incident: number,
      command: string,
      values: Readonly<Record<string, string>>,
      delivery: string,
    ): Promise<SeenReply>;
    /** Plain words, no command; answers what names the message in a pin. */
    says(person: string, incident: number, text: string): Promise<string>;
    pins(person: string, incident: number, message: string, pinned: boolean, delivery: string): Promise<void>;
  };
  /** When the platform says a message was said, milliseconds since 1970. */
  saidAt(room: string, message: string): Promise<number>;
  close(): Promise<void>;
}
export type OpenPlatform = (hear: Hear) => Promise<PlatformHarness>;

const INCIDENT = 42;
const SIGNAL = new AbortController().signal;

function attempt(key: string, number = 1): Attempt {
  return { key, number, signal: SIGNAL };
}
function plain(text: string): Inline {
  return [{ kind: 'plain', text }];
}
function saying(text: string): Document {
  return { blocks: [{ kind: 'text', text: plain(text) }] };
}
const OPEN: ChatPromise = { kind: 'open', incident: INCIDENT, name: 'inc-42-checkout-is-down', title: 'Checkout is down' };
const FORM: Form = {
  command: 'update',
  title: 'Write a status update',
  fields: [
    { name: 'text', label: 'Text', help: 'what is broken', required: true, widget: 'paragraph', choices: [], value: '', charsMax: 2_000 },
    {
      name: 'next',
      label: 'Next',
      help: 'when the next one is due',
      required: false,
      widget: 'duration',
      choices: [],
      value: '30m',
      charsMax: 120,
    },
  ],
};

/** The tests every chat world passes, whatever it is made of. */
export function platformContract(name: string, open: OpenPlatform): void {
  describe(`the chat platform ${name}`, () => {
    let heard: Heard[];
    let answer: (heard: Heard) => Reply | Promise<Reply>;
    let world: PlatformHarness;
    beforeEach(async () => {
      heard = [];
      answer = () => ({ ok: true, quiet: true, document: saying('Noted.') });
      world = await open(async (delivery) => {
        heard.push(delivery);
        return answer(delivery);
      });
    });
    afterEach(() => world.close());

    function deliver(promise: ChatPromise, key: string): Promise<Outcome> {
      return world.platform.deliver(promise, attempt(key));
    }
    async function openRoom(): Promise<string> {
      return roomIn(await deliver(OPEN, '1-0'));
    }
    function say(room: string, text: string, key: string): Promise<Outcome> {
      return deliver({ kind: 'say', incident: INCIDENT, room, document: saying(text) }, key);
    }
    function keepCard(room: string, text: string, key: string): Promise<Outcome> {
      const digest = saying(`${text} (digest)`);
      return deliver({ kind: 'keep', incident: INCIDENT, room, topic: `SEV1 · ${text}`, card: saying(text), digest }, key);
    }

    it('opens one room for an incident, however often it is asked, and tells the ledger where', async () => {
      const first = await deliver(OPEN, '1-0');
      const again = await world.platform.deliver(OPEN, attempt('1-0', 2));
      expect(again).toEqual(first);
      expect(first).toMatchObject({ outcome: 'done', acts: [{ type: 'incident.room-opened', incident: INCIDENT, platform: name }] });
      expect(await world.observe.rooms()).toEqual([{ room: roomIn(first), incident: INCIDENT }]);
    });

    it('keeps one card current: the newest wins, in place', async () => {
      const room = await openRoom();
      expect(await keepCard(room, 'investigating', '2-0')).toEqual({ outcome: 'done' });
      expect(await keepCard(room, 'mitigated', '3-0')).toEqual({ outcome: 'done' });
      expect(await world.observe.cards(room)).toEqual([expect.stringContaining('mitigated')]);
      expect(await world.observe.topic(room)).toContain('mitigated');
      expect(await world.observe.messages(room)).toEqual([]);
    });

    it('says once under one key, and again under another', async () => {
      const room = await openRoom();
      expect(await say(room, 'Checkout is down', '4-0')).toEqual({ outcome: 'done' });
      expect(await say(room, 'Checkout is down', '4-0')).toEqual({ outcome: 'done' });
      await say(room, 'Checkout is down', '5-0');
      expect(await texts(room)).toEqual(['Checkout is down', 'Checkout is down']);
    });

    it('keeps the order in which things were said', async () => {
      const room = await openRoom();
      for (let number = 1; number <= 5; number += 1) await say(room, `message ${number}`, `${10 + number}-0`);
      expect(await texts(room)).toEqual(['message 1', 'message 2', 'message 3', 'message 4', 'message 5']);
    });

    it('invites people once, and a repeat does no harm', async () => {
      const room = await openRoom();
      const inviting = (people: readonly string[], key: string) => deliver({ kind: 'invite', incident: INCIDENT, room, people }, key);
      expect(await inviting(['ana', 'bo'], '6-0')).toEqual({ outcome: 'done' });
      expect(await inviting(['ana', 'bo'], '6-0')).toEqual({ outcome: 'done' });
      expect(await inviting(['bo'], '7-0')).toEqual({ outcome: 'done' });
      expect([...(await world.observe.members(room))].sort()).toEqual(['ana', 'bo']);
    });

    it('writes to one person, once under one key, and to nobody else', async () => {
      const direct: ChatPromise = { kind: 'direct', person: 'bo', document: saying('You are being paged') };
      expect(await deliver(direct, '8-0')).toEqual({ outcome: 'done' });
      expect(await deliver(direct, '8-0')).toEqual({ outcome: 'done' });
      expect((await world.observe.inbox('bo')).map(({ text }) => text.trim())).toEqual(['You are being paged']);
      expect(await world.observe.inbox('ana')).toEqual([]);
    });

    it('hears a delivery once, with who said what and where, and gives a repeat the first answer', async () => {
      await openRoom();
      let answers = 0;
      answer = () => {
        answers += 1;
        return { ok: true, quiet: true, document: saying(`Answer ${answers}`) };
      };
      const first = await world.act.types('ana', INCIDENT, 'sev sev1', 'delivery-1');
      const again = await world.act.types('ana', INCIDENT, 'sev sev1', 'delivery-1');
      expect(first).toMatchObject({ text: expect.stringContaining('Answer 1'), isPrivate: true, form: null });
      expect(again).toEqual(first);
      const said = { kind: 'words', words: 'sev sev1' };
      expect(heard).toEqual([expect.objectContaining({ platform: name, person: 'ana', incident: INCIDENT, said })]);
      await world.act.types('ana', INCIDENT, 'sev sev1', 'delivery-2');
      expect(new Set(heard.map(({ key }) => key)).size).toBe(2);
    });

    it('hears a delivery again when hearing it failed', async () => {
      await openRoom();
      answer = () => Promise.reject(new Error('the store is gone'));
      await world.act.types('ana', INCIDENT, 'ack', 'delivery-3').catch(() => undefined);
      answer = () => ({ ok: true, quiet: true, document: saying('Acknowledged') });
      const again = await world.act.types('ana', INCIDENT, 'ack', 'delivery-3');
      expect(again.text).toContain('Acknowledged');
    });

    it('shows a form for what is missing, takes it back filled, and shows complaints at their fields', async () => {
      await openRoom();
      answer = () => ({ ok: false, quiet: true, document: saying('Something is missing'), form: FORM, fields: {} });
      const shown = await world.act.types('ana', INCIDENT, 'update', 'delivery-4');
      expect(shown.form).toEqual({ fields: ['text', 'next'], complaints: {} });

      const complaint = 'Needed: what is broken.';
      answer = () => ({ ok: false, quiet: true, document: saying(complaint), form: FORM, fields: { text: complaint } });
      const complained = await world.act.fills('ana', INCIDENT, 'update', { next: '20m' }, 'delivery-5');
      expect(complained.form?.complaints).toEqual({ text: complaint });

      answer = () => ({ ok: true, quiet: true, document: saying('Update written') });
      const values = { text: 'Payments fail\nfor everybody', next: '20m' };
      const done = await world.act.fills('ana', INCIDENT, 'update', values, 'delivery-6');
      expect(done).toMatchObject({ text: expect.stringContaining('Update written'), form: null });
      expect(heard.at(-1)).toMatchObject({ person: 'ana', incident: INCIDENT, said: { kind: 'form', command: 'update', values } });
    });

    it('hears pins and unpins with the message, its author and its own time', async () => {
      const room = await openRoom();
      const message = await world.act.says('bo', INCIDENT, 'errors began with the deploy');
      const at = await world.saidAt(room, message);
      await world.act.pins('ana', INCIDENT, message, true, 'delivery-7');
      await world.act.pins('ana', INCIDENT, message, false, 'delivery-8');
      const said = { kind: 'pin', message, text: 'errors began with the deploy', at, author: expect.stringMatching(/bo/i) };
      expect(heard.map((one) => one.said)).toEqual([
        expect.objectContaining({ ...said, pinned: true }),
        expect.objectContaining({ ...said, pinned: false }),
      ]);
      expect(heard.map(({ person }) => person)).toEqual(['ana', 'ana']);
    });

    it('does not hear plain words as a command', async () => {
      const room = await openRoom();
      await world.act.says('bo', INCIDENT, 'resolve this, please');
      expect(heard).toEqual([]);
      expect(await world.observe.messages(room)).toEqual([{ author: 'bo', text: 'resolve this, please', mentions: [] }]);
    });

    it.each([
      '@everyone @here @channel',
      '<!channel> <!here> <!subteam^S1> <@U123> <#C1>',
      '<@!123> <@&456> <t:0:R> </x:1>',
      '*bold* _italics_ `code` ~strike~ [link](https://example.org)',
      '<b>bold</b><script>alert(1)</script><img src=x onerror=alert(1)>',
      '&lt;!channel&gt; &amp; &#60;',
    ])('shows text from people as it was written and notifies nobody: %s', async (text) => {
      const room = await openRoom();
      await say(room, text, '9-0');
      expect(await world.observe.messages(room)).toEqual([
        { author: 'allclear', text: expect.toSatisfy(sameWhenRead(text)), mentions: [] },
      ]);
    });

    it('loses nothing of a very long message', async () => {
      const room = await openRoom();
      const words = Array.from({ length: 3_000 }, (_, index) => `word${index}`);
      await say(room, words.join(' '), '20-0');
      const shown = (await texts(room)).join(' ');
      expect(words.filter((word) => !shown.includes(word))).toEqual([]);
    });

    it('knows groups, or says that a person is in none', async () => {
      expect(await world.platform.groups('ana')).toSatisfy((groups: unknown) => Array.isArray(groups));
      expect(await world.platform.groups('nobody-of-this-name')).toEqual([]);
    });

    async function texts(room: string): Promise<readonly string[]> {
      return (await world.observe.messages(room)).map(({ text }) => text.trim());
    }
  });
}

function roomIn(outcome: Outcome): string {
  const act = outcome.outcome === 'done' ? outcome.acts?.[0] : undefined;
  if (typeof act?.['room'] !== 'string') throw new Error(`no room was opened: ${JSON.stringify(outcome)}`);
  return act['room'];
}

/** Platforms may put invisible characters between to take the meaning away; what a person reads is the same. */
function sameWhenRead(text: string): (shown: string) => boolean {
  return (shown) => shown.replaceAll(/[\u200B-\u200D\u2060]/g, '').trim() === text;
}
