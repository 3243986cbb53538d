import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandFiles, commandTable } from './commands.ts';
import { ROOT, textOf } from './repository.ts';

const files = await commandFiles();
const commands = files.map(({ command }) => command);
const TABLE = /(<!-- commands: written by `npm run docs` -->)[\s\S]*?(<!-- end of commands -->)/;

describe('the commands', () => {
  it('exist, each in a file of its name', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ file, command }) => file !== command.name).map(({ path }) => path)).toEqual([]);
  });

  it('answer to different words', () => {
    const words = commands.flatMap((command) => [command.name, ...(command.aliases ?? [])]);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    expect(words).not.toContain('help');
  });

  it.each(files)('$file is explained by one sentence and an example that begins with its name', ({ command }) => {
    expect(command.summary).toMatch(/^[A-Z][^\n]{8,}\.$/);
    expect([command.name, ...(command.aliases ?? [])]).toContain(command.example.split(' ')[0]);
  });

  it('either ask for an act or answer from a reading', () => {
    const idle = commands.filter((command) => command.act === undefined && command.answer === undefined);
    expect(idle.map((command) => command.name)).toEqual([]);
  });

  it('are listed in the README (refresh with `npm run docs`)', () => {
    const readme = textOf('README.md');
    expect(readme).toMatch(TABLE);
    const fresh = readme.replace(TABLE, (_all, begin: string, end: string) => `${begin}\n\n${commandTable(commands)}\n\n${end}`);
    if (process.env['ALLCLEAR_UPDATE'] === '1') writeFileSync(join(ROOT, 'README.md'), fresh);
    else expect(readme).toBe(fresh);
  });
});
