import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { placeOf, sourcesBelow, treeOf, walk } from './repository.ts';

const TESTS = sourcesBelow('test');
/** A mock of our own module proves the mock: needing one means that a port is missing. */
const MOCKS = /^vi\.(?:mock|doMock|hoisted|unmock)$/;
/** Hides other tests, or itself, or succeeds by failing. */
const NEVER = /^(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|todo|fails)\b/;
const SOMETIMES = /^(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|skipIf|runIf)\b/;

/** A comment right above the statement, or on its line: why this may be skipped. */
function hasReason(node: ts.Node): boolean {
  const file = node.getSourceFile();
  let statement: ts.Node = node;
  while (!ts.isStatement(statement) && !ts.isVariableStatement(statement) && statement.parent !== undefined) statement = statement.parent;
  const before = file.text.slice(statement.getFullStart(), statement.getStart());
  const line = file.text.slice(node.getStart()).split('\n', 1)[0] ?? '';
  return /\/\/ ?\w|\/\*/.test(before) || /\/\/ ?\w/.test(line);
}

function complaintOf(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    if (MOCKS.test(text)) return 'mocks a module: pass the thing in through a port';
    if (NEVER.test(text)) return `uses ${text}`;
    if (SOMETIMES.test(text) && !hasReason(node)) return 'is skipped without a reason: say why in a comment above';
  }
  if (ts.isCallExpression(node) && /^(?:context|ctx|task)\.skip$/.test(node.expression.getText())) {
    const note = node.arguments.at(-1);
    if (note === undefined || !(ts.isStringLiteralLike(note) || ts.isTemplateExpression(note)))
      return 'is skipped without a reason: give it as text';
  }
  return null;
}

function complaintsIn(tree: ts.SourceFile): readonly string[] {
  const complaints: string[] = [];
  walk(tree, (node) => {
    const complaint = complaintOf(node);
    if (complaint !== null) complaints.push(`${placeOf(node)} ${complaint}`);
  });
  return complaints;
}

function complaintsAbout(code: string): readonly string[] {
  return complaintsIn(ts.createSourceFile('x.ts', code, ts.ScriptTarget.ES2024, true));
}

describe('the tests', () => {
  it('mock nothing, hide nothing, and skip only with a reason', () => {
    expect(TESTS.flatMap((path) => complaintsIn(treeOf(path)))).toEqual([]);
  });

  it.each([
    'vi.mock("./x.ts")',
    'it.only("x", () => {})',
    'describe.concurrent.only("x", () => {})',
    'it.todo("x")',
    'it.skip("x", () => {})',
    'describe.skipIf(!chromium)("x", () => {})',
    'context.skip()',
  ])('would be caught saying %s', (code) => {
    expect(complaintsAbout(code)).toHaveLength(1);
  });

  it.each([
    '// No browser here.\ndescribe.skipIf(!chromium)("x", () => {})',
    'context.skip("no browser here")',
    'it.each([1])("x", () => {})',
  ])('may say %s', (code) => {
    expect(complaintsAbout(code)).toEqual([]);
  });
});
