import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandFigures } from './commands.ts';
import { effectFigures } from './load/effects.ts';
import { loadFigures } from './load/load.ts';
import { timerFigures } from './load/timers.ts';
import { printFigure } from './measure.ts';
import { processFigures } from './processes.ts';
import { slackFigures } from './slack.ts';
import { ledgerFigures, submitFigures } from './submits.ts';

// Beside the project, on a real disk: a temporary folder in memory would make every fsync free.
const directory = mkdtempSync(join(process.cwd(), '.bench-'));
console.log(
  `Node ${process.versions.node}, ${process.platform}. Every figure beside its floor from this run; compare ratios, not absolutes.\n`,
);
try {
  const alone = { load: loadFigures, effects: [effectFigures], timers: [timerFigures], slack: [slackFigures] } as const;
  const usual = [submitFigures, commandFigures, slackFigures, ledgerFigures, processFigures];
  const measures = alone[process.argv[2] as keyof typeof alone] ?? usual;
  for (const measure of measures) {
    for (const figure of await measure(directory)) printFigure(figure);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
