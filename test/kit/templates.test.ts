import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bareFields } from '../../src/kit/template-rules.ts';
import { loadTemplates, TEMPLATE_BYTES_MAX, TemplateError } from '../../src/kit/templates.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'templates-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function rendered(source: string, model: object, kind = 'md'): string {
  writeFileSync(join(directory, `it.${kind}.hbs`), source);
  return loadTemplates(directory).render('it', model);
}
function faultOf(run: () => unknown): TemplateError {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('a TemplateError was expected');
}

describe('loading', () => {
  it('names what it found and leaves other files alone', () => {
    writeFileSync(join(directory, 'b.md.hbs'), 'b');
    writeFileSync(join(directory, 'a.html.hbs'), 'a');
    writeFileSync(join(directory, 'README.md'), 'not a template');
    expect(loadTemplates(directory).names).toEqual(['a', 'b']);
  });

  it.each([
    ['a syntax error', 'one\ntwo {{#if x}}\nthree', 3, /if|EOF|expect/i],
    ['a helper nobody wrote', 'one\n{{shout x}}', 2, /there is no helper shout/],
    ['a helper nobody wrote, inside another', 'one\n\n{{text (shout x)}}', 3, /there is no helper shout/],
    ['a section without each', '{{#people}}x{{/people}}', 1, /write \{\{#each people\}\}/],
    ['a computed partial', 'one\n{{> (lookup this "x")}}', 2, /never by a computed one/],
    ['a partial that is not there', '{{> other}}', 1, /no template other/],
    ['a decorator', '{{* inline "x"}}', 1, /decorators/],
    ['log', '{{log "x"}}', 1, /no helper log/],
    ['lookup', '{{lookup this "constructor"}}', 1, /no helper lookup/],
  ])('refuses %s, with file and line', (_, source, line, message) => {
    writeFileSync(join(directory, 'it.md.hbs'), source);
    const fault = faultOf(() => loadTemplates(directory));
    expect(fault.message).toMatch(message);
    expect(fault.line).toBe(line);
    expect(fault.message.startsWith(`${join(directory, 'it.md.hbs')}:${line}: `)).toBe(true);
  });

  it('refuses a file that is too large, misnamed or named twice', () => {
    writeFileSync(join(directory, 'big.md.hbs'), 'x'.repeat(TEMPLATE_BYTES_MAX + 1));
    expect(faultOf(() => loadTemplates(directory)).message).toContain(`at most ${TEMPLATE_BYTES_MAX} bytes`);
    rmSync(join(directory, 'big.md.hbs'));
    writeFileSync(join(directory, 'Big One.hbs'), 'x');
    expect(faultOf(() => loadTemplates(directory)).message).toContain('a template is named like');
    rmSync(join(directory, 'Big One.hbs'));
    writeFileSync(join(directory, 'a.md.hbs'), 'x');
    writeFileSync(join(directory, 'a.txt.hbs'), 'x');
    expect(faultOf(() => loadTemplates(directory)).message).toContain('two templates are named a');
  });

  it('takes a file of exactly the size allowed', () => {
    writeFileSync(join(directory, 'big.md.hbs'), 'x'.repeat(TEMPLATE_BYTES_MAX));
    expect(loadTemplates(directory).render('big', {})).toHaveLength(TEMPLATE_BYTES_MAX);
  });
});

describe('rendering', () => {
  it('formats moments in UTC unless told otherwise', () => {
    const at = Date.parse('2026-11-22T23:05:09Z');
    expect(rendered('{{date at}} {{clock at}} {{clock at seconds=true}} {{iso at}} {{duration 90000}}', { at })).toBe(
      '2026-11-22 23:05 23:05:09 2026-11-22T23:05:09.000Z 1m 30s',
    );
    expect(rendered('{{date at zone="Europe/Paris"}} {{clock at zone="Europe/Paris"}}', { at })).toBe('2026-11-23 00:05');
  });

  it('compares, joins and chooses', () => {
    expect(
      rendered('{{#if (eq a "x")}}yes{{else}}no{{/if}}{{#if (ne a "x")}}yes{{else}}no{{/if}} {{join list ", "}}', {
        a: 'x',
        list: [1, 'b'],
      }),
    ).toBe('yesno 1, b');
    expect(rendered('{{#if (not list)}}none{{/if}}{{#each list}}{{@index}}{{/each}}', { list: [] })).toBe('none');
  });

  it('includes another template of the directory', () => {
    writeFileSync(join(directory, 'line.md.hbs'), '[{{text this}}]');
    expect(rendered('{{#each names}}{{> line}}{{/each}}', { names: ['a', 'b*'] })).toBe('[a][b\\*]');
  });

  it('prints null as nothing and an unknown name never', () => {
    expect(rendered('<{{text x}}{{date x}}{{duration x}}{{x}}>', { x: null })).toBe('<>');
    for (const source of [
      '{{y}}',
      '{{text y}}',
      '{{text x.y}}',
      '{{#if y}}{{/if}}',
      '{{#unless y}}{{/unless}}',
      '{{#each y}}{{/each}}',
      '{{#with y}}{{/with}}',
      '{{#if (eq y 1)}}{{/if}}',
    ]) {
      const fault = faultOf(() => rendered(`\n${source}`, { x: {} }));
      expect(fault.line, source).toBe(2);
      expect(fault.file).toBe(join(directory, 'it.md.hbs'));
    }
  });

  it('says the line when a value is of the wrong kind', () => {
    for (const source of ['{{text x}}', '{{date x}}', '{{duration x}}', '{{join x ","}}', '{{text}}', '{{eq x}}']) {
      expect(faultOf(() => rendered(`one\ntwo\n${source}`, { x: {} })).line, source).toBe(3);
    }
  });

  it('refuses an unknown template', () => {
    writeFileSync(join(directory, 'it.md.hbs'), '');
    expect(faultOf(() => loadTemplates(directory).render('other', {})).message).toContain('no such template');
  });

  it('never reaches a prototype', () => {
    expect(rendered('[{{x.constructor}}][{{x.__proto__}}][{{x.toString}}]', { x: {} })).toBe('[][][]');
    expect(rendered('[{{#with x}}{{constructor}}{{/with}}]', { x: {} })).toBe('[]');
    for (const source of [
      '{{x.constructor.constructor}}',
      '{{text x.constructor}}',
      '{{text x.__proto__}}',
      '{{#with x.constructor}}{{/with}}',
    ]) {
      expect(() => rendered(source, { x: {} }), source).toThrow(TemplateError);
    }
  });

  it('escapes by itself in html templates only', () => {
    expect(rendered('{{x}}', { x: '<b>' }, 'html')).toBe('&lt;b&gt;');
    expect(rendered('{{{x}}}', { x: '<b>' }, 'html')).toBe('<b>');
    rmSync(join(directory, 'it.html.hbs'));
    expect(rendered('{{x}}', { x: '<b>' })).toBe('<b>');
  });

  it('takes pure functions as further helpers', () => {
    writeFileSync(join(directory, 'it.md.hbs'), 'one\n{{twice x}}');
    expect(loadTemplates(directory, { twice: (x) => `${x}${x}` }).render('it', { x: 'a' })).toBe('one\naa');
    const failing = loadTemplates(directory, { twice: () => JSON.parse('{') });
    expect(faultOf(() => failing.render('it', { x: 'a' })).line).toBe(2);
  });
});

/**
 * Names that text templates may print as they are: made by Allclear or by the configuration, never typed by people at
 * run time. A field of people's text goes through {{text x}} or {{md x}}.
 */
const BARE_WORDS_ALLOWED = [
  '@index|@first|@last|@key|[a-zA-Z]*(?:Id|At|By|Number|Count|Position|Ms|More)',
  // Numbers and ids.
  'id|number|item|incident|page|run|step|switch|schedule|level|attempt|count|position|at|index|version|request|tier|waitingPage|vacant|runbook|checkpoint|override',
  'length|entries|earlier|incidents|drills|pages|acknowledged|exhausted|given|needed|done|of|from|until|to|into|replaced|replaces|by|person|actor|role|severity|status|kind|service|platform|pager|channel',
  // Lists of ids.
  '(?:[a-zA-Z]+By|approvers|reviewers|remind|people|next|switchesOn|aliases)\\.this',
  // Made by our own code or its source: levels of a switch, names of commands and of their groups.
  'outcome|change|chart|sealedHash|drill|name|keyword|group|nearest|next',
  // `primary`, `danger` or `plain`: of our own list.
  'style',
  // A refusal's: `refusalSentence` escapes whatever people wrote into it.
  'sentence',
];
/** The message helpers of src/engine/messages.ts; each escapes what it answers. */
const ESCAPING_HELPERS = 'name|phone|say|who|severity|role|rung|duties';
const BARE_NAMES_ALLOWED = new RegExp(String.raw`^(?:[\w.@/]*\.)?(?:${BARE_WORDS_ALLOWED.join('|')})$|^(?:${ESCAPING_HELPERS}) \S+$`);

// In `.txt` templates nothing is markup, and `.html` ones are escaped by Handlebars.
describe("the house's own templates that make markup", () => {
  const root = join(import.meta.dirname, '../../templates');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md.hbs'));

  it('are all seen', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  it.each(files)('%s prints text from people only through a helper that escapes it', (file) => {
    const bare = bareFields(readFileSync(join(root, file), 'utf8')).filter(({ name }) => !BARE_NAMES_ALLOWED.test(name));
    expect(bare.map(({ line, name }) => `${file}:${line}: {{${name}}} needs {{text …}} or {{md …}}`)).toEqual([]);
  });

  it('would be told where one does not', () => {
    const source =
      '{{id}}\n{{#if x}}{{title}}{{/if}}{{text note}}\n{{join names ", "}} {{{text y}}}{{> other}}\n{{#each a.b}}{{this}}{{#each c}}{{this}}{{/each}}{{/each}}{{this}}';
    expect(bareFields(source)).toEqual([
      { line: 1, name: 'id' },
      { line: 2, name: 'title' },
      { line: 3, name: 'join names …' },
      { line: 4, name: 'a.b.this' },
      { line: 4, name: 'c.this' },
      { line: 4, name: '.this' },
    ]);
    for (const name of ['title', 'event.text', '.this', 'notes.this', 'join names …', 'shout x'])
      expect(BARE_NAMES_ALLOWED.test(name), name).toBe(false);
  });
});
