import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { jsonSchemaText } from '../../src/config/json-schema.ts';

it('ships the editor schema that belongs to the zod schemas (update with `vitest run -u`)', async () => {
  await expect(jsonSchemaText()).toMatchFileSnapshot('../../src/config/allclear.schema.json');
});

it('is named by the shipped example, so that editors find it', () => {
  expect(readFileSync('allclear.yaml', 'utf8').split('\n')[0]).toBe('# yaml-language-server: $schema=src/config/allclear.schema.json');
});
