import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nextHandover, onCallAt } from '../../../src/domain/oncall/schedule.ts';
import { documentHtml, lineHtml, proseHtml, wordsOf } from '../../../src/web/console/draw.ts';
import { readForm } from '../../../src/web/console/form-body.ts';
import { messagesModel } from '../../../src/web/console/messages-model.ts';
import type { RoomMessage } from '../../../src/web/console/options.ts';
import { beginningOf } from '../../../src/web/console/unfinished.ts';
import { ago, moment, until, viewerOf } from '../../../src/web/console/viewer.ts';
import { vocabulary } from '../../../src/web/console/vocabulary.ts';
import { weekModel } from '../../../src/web/console/week-model.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { loadCommands } from '../../support/harness.ts';

/** 04:00 in Berlin, a Monday. */
const NOW = Date.parse('2026-03-02T03:00:00Z');
const MINUTE = 60_000;
const ana = exampleCatalog.people['ana'];
if (ana === undefined) throw new Error('there is no ana');
const viewer = viewerOf(ana, exampleCatalog, NOW);

describe('times', () => {
  it('are told on the clock of the reader', () => {
    expect(moment(NOW, viewer)).toEqual({ datetime: '2026-03-02T03:00:00.000Z', shown: '04:00', title: '2026-03-02 04:00:00 GMT+1' });
    expect(moment(NOW, viewerOf({ ...ana, timeZone: 'America/New_York' }, exampleCatalog, NOW)).shown).toBe('22:00');
  });

  it('name the day when it is another one', () => {
    expect(moment(NOW + 24 * 60 * MINUTE, viewer).shown).toBe('Tue 04:00');
    expect(moment(NOW + 10 * 24 * 60 * MINUTE, viewer).shown).toBe('2026-03-12 04:00');
  });

  it('count down, say when they are over, and tell how long ago', () => {
    expect(until(NOW + 90_000, viewer)).toMatchObject({ shown: '01:30', isOver: false });
    expect(until(NOW - 90_000, viewer)).toMatchObject({ shown: '+01:30', isOver: true });
    expect(ago(NOW - 5 * MINUTE, viewer).shown).toBe('5m');
  });
});

describe('what people wrote', () => {
  it('stays text in a message and in a line of the timeline', () => {
    const hostile = '<b>x</b> " onmouseover="x" <@bo> &amp;';
    const html = documentHtml({ blocks: [{ kind: 'text', text: [{ kind: 'plain', text: hostile }] }] }, viewer);
    expect(html).toContain('&lt;b&gt;x&lt;/b&gt; &quot; onmouseover=&quot;x&quot; &lt;@bo&gt; &amp;amp;');
    expect(lineHtml('<i> by <@bo>', viewer)).toBe('&lt;i&gt; by <span class="document-person" data-person="bo">Bo Berg</span>');
  });

  it('cannot leave a button', () => {
    const button = { label: '"><script>', command: '"><script>', style: 'primary' } as const;
    const html = documentHtml({ blocks: [{ kind: 'buttons', buttons: [button] }] }, viewer);
    expect(html).not.toContain('<script>');
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it('is pinned without marks and buttons', () => {
    const blocks = [
      { kind: 'heading', text: [{ kind: 'plain', text: 'Update 1' }] },
      {
        kind: 'quote',
        text: [
          { kind: 'person', id: 'bo' },
          { kind: 'plain', text: ' is on it' },
        ],
      },
      { kind: 'buttons', buttons: [{ label: 'Go', command: 'go', style: 'plain' }] },
    ] as const;
    expect(wordsOf({ blocks }, viewer)).toBe('Update 1\n\n> Bo Berg is on it');
  });
});

describe('the prose of a step', () => {
  it('is joined where Markdown only wrapped it', () => {
    const html = proseHtml('One line\nthat goes on.\n\n- first\n  item\n- *second*\n\n1. one\n2. two', viewer);
    expect(html).toContain('<p class="document-text">One line that goes on.</p>');
    expect(html).toContain('<li>first item</li><li><strong>second</strong></li>');
    expect(html).toContain('<ol class="document-list"><li>one</li><li>two</li></ol>');
  });
});

describe('messages', () => {
  const message = (id: string, kind: RoomMessage['kind'], author: string, at: number): RoomMessage => ({
    id,
    kind,
    author,
    at,
    document: { blocks: [] },
  });

  it('of one person soon after each other stand under one name; several who came are one line', () => {
    const messages = [
      message('1', 'joined', 'ana', NOW),
      message('2', 'joined', 'bo', NOW + 1),
      message('3', 'words', 'bo', NOW + 2),
      message('4', 'words', 'bo', NOW + MINUTE),
      message('5', 'words', 'bo', NOW + 10 * MINUTE),
      message('6', 'say', 'allclear', NOW + 11 * MINUTE),
    ];
    const shown = messagesModel(messages, ['console 4'], viewer);
    expect(shown).toMatchObject([
      { joined: 'Ana Lima and Bo Berg' },
      { id: '3', author: 'Bo Berg', isContinued: false, isPinned: false },
      { id: '4', isContinued: true, isPinned: true },
      { id: '5', isContinued: false },
      { id: '6', author: 'Allclear', isContinued: false },
    ]);
  });
});

describe('a form', () => {
  it('is read once a field, with line ends as people mean them, and cannot reach beyond itself', () => {
    const fields = readForm('a=1&a=2&b=x%0D%0Ay&__proto__=z&c');
    expect({ ...fields }).toEqual({ a: '1', b: 'x\ny', ['__proto__']: 'z', c: '' });
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(({} as Record<string, unknown>)['z']).toBeUndefined();
  });
});

describe('the week on call', () => {
  it('runs from handover to handover', async () => {
    const [schedule] = Object.values(exampleCatalog.schedules);
    if (schedule === undefined) throw new Error('there is no schedule');
    const onCall = async (at: number) => {
      const untilAt = nextHandover(schedule, [], at)?.at ?? null;
      return [{ schedule: schedule.id, name: schedule.name, people: onCallAt(schedule, [], at), untilAt, next: [] }];
    };
    expect(await weekModel(onCall, viewer)).toMatchObject({
      schedules: [
        {
          id: 'payments',
          shifts: [
            { day: 'Mon 03-02', from: 'now', until: 'Mon 03-02 09:00', people: [{ name: 'Bo Berg', isMe: false }], isNow: true },
            { day: 'Mon 03-02', from: '09:00', until: 'Mon 03-09 09:00', people: [{ name: 'Cy Okafor' }], isNow: false },
          ],
        },
      ],
    });
  });
});

describe('completion', () => {
  it('offers every command under each of its names, with what may follow', async () => {
    const commands = await loadCommands();
    const { commands: words, kinds } = vocabulary(commands, exampleCatalog);
    expect(words.map(({ word }) => word)).toEqual(commands.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]));
    const role = words.find(({ word }) => word === 'role');
    expect(role?.takes).toEqual(expect.arrayContaining(['role', 'person']));
    expect(kinds['person']?.map(({ word }) => word)).toContain('@bo');
  });
});

describe('buttons that only begin a command', () => {
  it.each([
    ['switch read-only on', 'switch read-only on because '],
    ['switch search-quality on 2', 'switch search-quality on 2 because '],
    ['switch read-only extend', 'switch read-only extend for 30m because '],
    ['decline read-only r1', 'decline read-only r1 because '],
    ['handover ic', 'handover ic @'],
    ['step skip look', 'step skip look '],
  ])('put %s on the line', (command, beginning) => expect(beginningOf(command)).toBe(beginning));

  it.each(['ack 1-1', 'handover accept ic', 'switch read-only off because it is over', 'approve read-only r1', 'step done look', 'update'])(
    'do not touch %s, which says everything or has a form',
    (command) => expect(beginningOf(command)).toBeNull(),
  );

  it('name commands that exist', async () => {
    const names = (await loadCommands()).map(({ name }) => name);
    for (const word of ['switch', 'decline', 'handover', 'step', 'page', 'override']) expect(names).toContain(word);
  });
});

describe('what browsers load', () => {
  it('is served whole: everything a module imports lies beside it', () => {
    const names = readdirSync('templates/console/assets');
    expect(names).toEqual(expect.arrayContaining(['console.css', 'console.js', 'icon.svg', 'pin.svg']));
  });
});
