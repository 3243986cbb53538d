import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTemplates } from '../../src/kit/templates.ts';
import { postmortemFile, postmortemModel, slug } from '../../src/readings/postmortem.ts';
import { mermaidText } from '../../src/readings/postmortem-chart.ts';
import { TIMELINE_ROWS_MAX } from '../../src/readings/postmortem-timeline.ts';
import {
  acknowledged,
  declared,
  hashAt,
  note,
  pageStarted,
  postmortemInput,
  resolved,
  type StoryEvent,
  status,
} from '../support/postmortem-story.ts';

const templates = loadTemplates(join(import.meta.dirname, '../../templates'));
const about = { incident: 42, platforms: ['console'] };
function fileOf(...story: StoryEvent[]) {
  return postmortemFile(postmortemInput(story), (model) => templates.render('postmortem', model));
}
const remark = (kind: 'factor' | 'well' | 'impact' | 'summary', text: string): StoryEvent => {
  return { atMinute: 50, by: 'person:ana', type: 'followup.remarked', data: { ...about, kind, text } };
};
const HOSTILE = 'x | <img src=//evil> @org/all fixes #9 [a](b) `c`\n## Heading\n```mermaid';
const SECRET = `ghp_${'a1B2c3D4e5'.repeat(4)}`.slice(0, 40);

describe('the file', () => {
  it('has a place and a branch that stay the same', () => {
    expect(fileOf(declared(4))).toMatchObject({
      incident: 42,
      title: 'Postmortem inc-42: Checkout is down',
      path: 'postmortems/2026/inc-42-checkout-is-down.md',
      branch: 'postmortem/inc-42',
      summary: '**Checkout is down**, SEV1, Checkout, not mitigated yet, not resolved yet, 0 action items.',
    });
  });

  it('is named safely whatever the title', () => {
    expect(slug('../../.github/Größe & "x"')).toBe('github-große-x'.replace('ß', '-'));
    expect(slug('停机')).toBe('');
    expect(slug('a'.repeat(200))).toHaveLength(60);
    const file = fileOf(declared(4, { title: '停机 @org/all fixes #3' }));
    expect(file.path).toBe('postmortems/2026/inc-42-org-all-fixes-3.md');
    expect(file.title).not.toMatch(/@org|#3/);
  });

  it('does not change because it was published', () => {
    const story = [declared(4), resolved(9), remark('well', 'quick')];
    const published: StoryEvent[] = [
      { atMinute: 60, type: 'followup.publish-requested', data: about },
      { atMinute: 61, type: 'followup.publish-failed', data: { ...about, reason: 'timeout', detail: 'no answer' } },
      {
        atMinute: 62,
        type: 'followup.published',
        data: { ...about, url: null, branch: 'postmortem/inc-42', path: 'p.md', commit: 'a'.repeat(40), forge: 'local-git', changed: true },
      },
    ];
    expect(fileOf(...story, ...published)).toEqual(fileOf(...story));
    expect(fileOf(...story, ...published, note(70, 'news')).markdown).not.toBe(fileOf(...story).markdown);
  });

  it('is vouched for by the hash of the last entry it tells of', () => {
    expect(fileOf(declared(4), note(5, 'one'), resolved(9)).markdown).toContain(
      `up to entry 30, whose hash is\n\n\`\`\`\n${hashAt(30)}\n\`\`\``,
    );
  });
});

describe('the text', () => {
  it('tells the story in every section', () => {
    const { markdown } = fileOf(
      declared(4, { kind: 'drill', description: 'Cards fail' }),
      pageStarted(5),
      acknowledged(7, 'bo'),
      status(20, 'investigating', 'mitigated'),
      resolved(45),
      remark('summary', 'A deploy broke the card form.'),
      remark('impact', '120 customers could not pay.'),
      remark('factor', 'No canary'),
      {
        atMinute: 51,
        type: 'followup.added',
        data: { ...about, item: 1, text: 'Add a canary', owner: 'bo', dueAt: Date.parse('2026-03-09T00:00:00Z'), kind: 'prevent' },
      },
      {
        atMinute: 52,
        type: 'followup.added',
        data: { ...about, item: 2, text: 'Tell support', owner: null, dueAt: null, kind: 'process' },
      },
      { atMinute: 53, type: 'followup.completed', data: { ...about, item: 2, text: 'Tell support' } },
    );
    for (const line of [
      '> **This was a drill.** Switches were rehearsed; it does not count in any metric.',
      'A deploy broke the card form\\.',
      '**Checkout is down** (SEV1) was declared by Ana Lima on 2026-03-02 at 02:59, mitigated after 20m and resolved after 45m.',
      '- 120 customers could not pay\\.',
      '- Recovery time objective: 15m, **missed**',
      '| TTA | Time to acknowledge | **3m** | declared 02:59:00 (entry 10) | first acknowledged 03:02:00 (entry 30) |',
      '  Undetected :crit, 2026-03-02 02:55:00, 2026-03-02 02:59:00',
      '| 2026-03-02 | 03:02:00 | Bo Berg | Bo Berg acknowledged by console | 30 |',
      '1. No canary',
      '- [ ] **1** Add a canary (prevent; owner Bo Berg; due 2026-03-09)',
      '- [x] **2** Tell support (process; **no owner**; **no due date**)',
    ]) {
      expect(markdown.split('\n')).toContain(line);
    }
  });

  it('obeys nothing that people wrote', () => {
    const story = (text: string): StoryEvent[] => [
      declared(4, { title: text.slice(0, 100), description: text }),
      note(5, text),
      remark('summary', text),
      remark('impact', text),
      remark('factor', text),
      remark('well', text),
      { atMinute: 51, type: 'followup.added', data: { ...about, item: 1, text, owner: null, dueAt: null, kind: 'prevent' } },
    ];
    const chart = /```mermaid\n[\s\S]*?\n```\n/g;
    const { markdown } = fileOf(...story(HOSTILE));
    expect(markdown.match(chart)).toHaveLength(1);
    expect(markdown.match(chart)?.[0]).not.toMatch(/[<>@#|[\]]/);
    const rest = markdown.replace(chart, '');
    expect(rest).not.toMatch(/(?<!\\)<(?!br>)|(?<!\\)`c|@[a-z]|#9|(?<!\\)\]\(b|```mermaid/);
    const structure = (text: string): unknown => text.match(/^(?:#{1,3} |\|---|```|> |[-*] |\d+\. )/gm);
    expect(structure(markdown)).toEqual(structure(fileOf(...story('harmless')).markdown));
  });

  it('shows no secret that slipped into the ledger', () => {
    const { markdown, summary, title } = fileOf(
      declared(4, { title: `Token ${SECRET}` }),
      note(5, `export TOKEN=${SECRET}`),
      remark('well', SECRET),
      { atMinute: 51, type: 'followup.added', data: { ...about, item: 1, text: SECRET, owner: null, dueAt: null, kind: 'prevent' } },
    );
    expect(markdown + summary + title).not.toContain(SECRET);
    expect(markdown).toContain('redacted');
  });

  it('leaves out the middle of a very long timeline', () => {
    const notes = Array.from({ length: TIMELINE_ROWS_MAX + 9 }, (_, index) => note(5, `note ${index}`));
    const model = postmortemModel(postmortemInput([declared(4), ...notes]));
    expect(model.timeline).toHaveLength(TIMELINE_ROWS_MAX);
    expect(model.timelineOmittedCount).toBe(10);
    expect(model.timeline[0]?.position).toBe(10);
    expect(model.timeline.at(-1)?.text).toBe(`note ${TIMELINE_ROWS_MAX + 8}`);
    expect(fileOf(declared(4), ...notes).markdown).toContain('10 entries between');
  });
});

describe('the chart', () => {
  it('takes only letters, digits and a few marks into a label', () => {
    expect(mermaidText('a:b;c#d%%{init}%%\n"e"')).toBe('a b c d init e');
    expect(mermaidText(';;')).toBe('-');
    expect(mermaidText('Größe 停机 (x/y)')).toBe('Größe 停机 (x/y)');
    expect(mermaidText('x'.repeat(300))).toHaveLength(60);
  });

  it('keeps the first and the last of very many turns', () => {
    const turns = Array.from({ length: 40 }, (_, index) =>
      status(5 + index, index % 2 === 0 ? 'investigating' : 'mitigated', index % 2 === 0 ? 'mitigated' : 'investigating'),
    );
    const { chart } = postmortemModel(postmortemInput([declared(4), ...turns, resolved(60)]));
    const milestones = chart.split('\n').filter((line) => line.includes(':milestone'));
    expect(milestones).toHaveLength(24);
    expect(milestones[0]).toContain('Declared sev1');
    expect(milestones.at(-1)).toContain('Resolved');
  });
});
