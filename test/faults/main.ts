import { parseArgs } from 'node:util';
import { notRunLines, runFaults, tableHead, tableLine } from './run.ts';

/** `npm run faults -- [--seed N] [--kills N] [--commands N] [--only a,b]`: prints a table, and ends with 1 when something was lost. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '200' },
    commands: { type: 'string', default: '500' },
    only: { type: 'string', default: '' },
  },
});
for (const line of tableHead()) console.log(line);
const runs = await runFaults({
  seed: Number(values.seed),
  kills: Number(values.kills),
  commands: Number(values.commands),
  only: values.only.split(',').filter((name) => name !== ''),
  tell: (run) => console.log(tableLine(run)),
});
for (const line of notRunLines()) console.log(line);
process.exitCode = runs.every(({ isGood }) => isGood) ? 0 : 1;
