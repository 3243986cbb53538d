import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandFigures } from './commands.ts';
import { loadFigures } from './load/load.ts';
import { printFigure } from './measure.ts';
import { processFigures } from './processes.ts';
import { ledgerFigures, submitFigures } from './submits.ts';

// Beside the project, on a real disk: a temporary folder in memory would make every fsync free.
const directory = mkdtempSync(join(process.cwd(), '.bench-'));
console.log(
  `Node ${process.versions.node}, ${process.platform}. Every figure beside its floor from this run; compare ratios, not absolutes.\n`,
);
try {
  const measures = process.argv[2] === 'load' ? loadFigures : [submitFigures, commandFigures, ledgerFigures, processFigures];
  for (const measure of measures) {
    for (const figure of await measure(directory)) printFigure(figure);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
