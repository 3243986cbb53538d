import { readdirSync, readFileSync } from 'node:fs';
import type { Catalog } from '../../src/domain/catalog.ts';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';
import { exampleCatalog } from './catalog.ts';

/** The runbooks of the folder `runbooks/`, as the bot reads them. */
export function shippedRunbooks(): Catalog['runbooks'] {
  const files = readdirSync('runbooks').filter((file) => file.endsWith('.md'));
  return Object.fromEntries(
    files.sort().map((file) => {
      const parsed = parseRunbook(readFileSync(`runbooks/${file}`, 'utf8'), file);
      if (!parsed.ok) throw new Error(`${file} does not parse`);
      return [parsed.runbook.id, parsed.runbook];
    }),
  );
}

/** The small company of the tests, with everything in `runbooks/` and one of them offered for every incident. */
export const catalogWithRunbooks: Catalog = {
  ...exampleCatalog,
  runbooks: shippedRunbooks(),
  incidents: { ...exampleCatalog.incidents, runbook: 'recover-in-15' },
};
