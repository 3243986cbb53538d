import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { placeOf, sourcesBelow, treeOf, walk } from './repository.ts';

const PURE_FOLDERS = ['src/domain', 'src/ledger', 'src/readings'];

/** Names whose mere use reaches out of a pure function. Biome complains about them in the editor; this is the wall. */
const FORBIDDEN_GLOBALS = new Set([
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'console',
  'globalThis',
  'require',
  'navigator',
  'WebSocket',
  'EventSource',
]);

/** Answers of the clock, of chance, or of the time zone and language the process happens to run in. */
const FORBIDDEN_MEMBERS: readonly (readonly [RegExp, string])[] = [
  [/^Date\.now$/, 'reads the clock: take `now` from the context'],
  [/^Math\.random$/, 'rolls dice: take the token from the context'],
  [/^Temporal\.Now$/, 'reads the clock: take `now` from the context'],
  [/^import\.meta$/, 'knows where the file lies: pass the value in'],
  [
    /\.(?:getFullYear|getMonth|getDate|getDay|getHours|getMinutes|getSeconds|getTimezoneOffset)$/,
    'uses the time zone of the host: name one with Temporal',
  ],
  [/\.(?:toDateString|toTimeString|toLocaleDateString|toLocaleTimeString)$/, 'uses the language and time zone of the host'],
];

function isDeclarationName(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return (ts.isPropertyAccessExpression(parent) ? parent.name : parent.right) === node;
  }
  return 'name' in parent && parent.name === node;
}

function complaintOf(node: ts.Node): string | null {
  if (ts.isIdentifier(node) && FORBIDDEN_GLOBALS.has(node.text) && !isDeclarationName(node)) {
    return `uses ${node.text}: pass the value in, or return an effect`;
  }
  if (ts.isPropertyAccessExpression(node) || ts.isMetaProperty(node)) {
    const text = node.getText();
    return FORBIDDEN_MEMBERS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && node.arguments?.length !== 1) {
    return 'makes a Date out of the clock or the time zone of the host: give it milliseconds';
  }
  if (ts.isCallExpression(node)) return complaintOfCall(node);
  return null;
}

function complaintOfCall(node: ts.CallExpression): string | null {
  const callee = node.expression.getText();
  if (callee === 'Date') return 'reads the clock: take `now` from the context';
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'loads code while it runs: import it at the top';
  if (/\.(?:localeCompare|toLocaleUpperCase|toLocaleLowerCase|toLocaleString)$/.test(callee)) {
    const named = callee.endsWith('localeCompare') ? 2 : 1;
    return node.arguments.length < named ? 'uses the language of the host: name one, or compare code points' : null;
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

describe('the pure folders', () => {
  it.each(PURE_FOLDERS)('%s reads no clock, rolls no dice and touches nothing', (folder) => {
    const sources = sourcesBelow(folder);
    expect(sources).not.toEqual([]);
    expect(sources.flatMap((path) => complaintsIn(treeOf(path)))).toEqual([]);
  });

  it.each([
    'Date.now()',
    'new Date()',
    'new Date(2026, 1, 1)',
    'Date()',
    'Math.random()',
    'Temporal.Now.instant()',
    'process.env',
    'fetch("x")',
    'setTimeout(f, 1)',
    'd.getHours()',
    'a.localeCompare(b)',
    'd.toLocaleString()',
    'await import("x")',
    'import.meta.dirname',
    'const { now } = performance',
  ])('would be caught using %s', (code) => {
    expect(complaintsIn(ts.createSourceFile('x.ts', code, ts.ScriptTarget.ES2024, true))).toHaveLength(1);
  });

  it.each(['new Date(at).toISOString()', 'type X = { process: string }', 'x.process', '({ fetch: 1 })', 'a.localeCompare(b, "en")'])(
    'may say %s',
    (code) => {
      expect(complaintsIn(ts.createSourceFile('x.ts', code, ts.ScriptTarget.ES2024, true))).toEqual([]);
    },
  );
});
