import { join } from 'node:path';
import { builtIn, HOME } from '../compose.ts';
import { check } from '../config/check.ts';
import { type Problem, sayProblem } from '../config/problem.ts';
import { messageHelpers } from '../engine/messages.ts';
import { loadTemplates, TemplateError } from '../kit/templates.ts';
import { settingsOrComplain } from './settings.ts';

/** Templates that are filled with nothing but general helpers, and those for messages. */
const FOLDERS = ['', 'email', 'pages', 'console'] as const;

/** `allclear check`: every finding with its file and line; exit code 1 when one of them is an error, so that CI can stop. */
export async function run(): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const found = await check({ file: settings.configFile, builtIn: builtIn(settings) }, Date.now(), templateProblems);
  for (const finding of found) console.log(`${finding.level}: ${sayProblem(finding)}`);
  const errors = found.filter(({ level }) => level === 'error').length;
  console.log(found.length === 0 ? 'Everything is in order.' : `${errors} errors, ${found.length - errors} warnings.`);
  return errors > 0 ? 1 : 0;
}

/** What keeps templates from being compiled. */
export function templateProblems(): readonly Problem[] {
  const emptyCatalog = (): never => {
    throw new Error('templates are only compiled here');
  };
  const messages = () => loadTemplates(join(HOME, 'templates', 'messages'), messageHelpers(emptyCatalog));
  const others = FOLDERS.map((folder) => () => loadTemplates(join(HOME, 'templates', folder)));
  return [messages, ...others].flatMap(problemOf);
}

function problemOf(load: () => unknown): readonly Problem[] {
  try {
    load();
    return [];
  } catch (fault) {
    if (!(fault instanceof TemplateError)) throw fault;
    return [{ file: fault.file, line: fault.line, column: 1, path: '', sentence: fault.message }];
  }
}
