import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { placeOf, sourcesBelow, textOf, treeOf, walk } from './repository.ts';

/** A file is read in one sitting, a function on one screen (TigerStyle's number). */
const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
/** Lists of rows, which grow by a row at a time and are looked up rather than read. */
const CATALOGUE = /\/(?:events|acts|refusals)\.ts$/;
const OURS = ['src', 'commands', 'templates', 'test', '.ci'].flatMap((folder) => sourcesBelow(folder));

function lineCount(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function filledLineCount(node: ts.Node): number {
  return node
    .getText()
    .split('\n')
    .filter((line) => line.trim() !== '').length;
}

/** `describe(…, () => {…})` and exported contract suites hold tests; the tests themselves are the functions to measure. */
function holdsTests(body: ts.Node): boolean {
  let found = false;
  walk(body, (node) => {
    if (ts.isCallExpression(node) && /^(?:describe|it|test)\b/.test(node.expression.getText())) found = true;
  });
  return found;
}

describe('sizes', () => {
  it(`keeps every file within ${FILE_LINES_MAX} lines`, () => {
    const long = OURS.filter((path) => !CATALOGUE.test(path))
      .map((path) => ({ path, lines: lineCount(textOf(path)) }))
      .filter(({ lines }) => lines > FILE_LINES_MAX);
    expect(long).toEqual([]);
  });

  it(`keeps every function within ${FUNCTION_LINES_MAX} lines`, () => {
    const long: string[] = [];
    for (const path of OURS) {
      walk(treeOf(path), (node) => {
        if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
        const lines = filledLineCount(node.body);
        if (lines > FUNCTION_LINES_MAX && !holdsTests(node.body)) long.push(`${placeOf(node)}: ${lines} lines`);
      });
    }
    expect(long).toEqual([]);
  });
});
