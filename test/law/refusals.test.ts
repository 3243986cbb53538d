import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { askingRefusals } from '../../src/domain/asking-refusals.ts';
import { domains } from '../../src/domain/registry.ts';
import { filesBelow, placeOf, sourcesBelow, textOf, treeOf, walk } from './repository.ts';

/** Starts like a sentence or with a name such as `inc-42`, and ends like one. */
const SENTENCE = /^(?:[A-Z<@`'"“‘]|[a-z]+-<).{10,}[.?!)`]$/su;

const catalogues = [...domains.map(({ kind, refusals }) => ({ kind, refusals })), { kind: 'asking', refusals: askingRefusals }];
const codes = catalogues.flatMap(({ kind, refusals }) => Object.keys(refusals).map((code) => ({ code, kind, refusals })));
const proofs = filesBelow('test')
  .filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/law/'))
  .map(textOf);

/** Every code given to `refuse(…)` in the source, also the two sides of a choice. */
function raisedCodes(): ReadonlyMap<string, string> {
  const raised = new Map<string, string>();
  for (const path of [...sourcesBelow('src'), ...sourcesBelow('commands')]) {
    walk(treeOf(path), (node) => {
      if (!ts.isCallExpression(node) || node.expression.getText() !== 'refuse') return;
      const code = node.arguments[0];
      if (code === undefined) return;
      walk(code, (part) => {
        if (ts.isStringLiteral(part)) raised.set(part.text, placeOf(part));
      });
    });
  }
  return raised;
}

/** Every string in the source; the catalogues name their codes as keys, so a string is somebody using one. */
function namedStrings(): ReadonlySet<string> {
  const named = new Set<string>();
  for (const path of [...sourcesBelow('src'), ...sourcesBelow('commands')]) {
    walk(treeOf(path), (node) => {
      if (ts.isStringLiteral(node)) named.add(node.text);
    });
  }
  return named;
}

describe('every refusal', () => {
  it('has a code of its own, in snake case', () => {
    const names = codes.map(({ code }) => code);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((code) => !/^[a-z]+(?:_[a-z]+)*$/.test(code))).toEqual([]);
    expect(names.filter((code, index) => names.indexOf(code) !== index)).toEqual([]);
  });

  it('is proved by some test', () => {
    const unproved = codes.filter(({ code }) => !proofs.some((text) => text.includes(`'${code}'`)));
    expect(unproved.map(({ code, kind }) => `${kind}: ${code}`)).toEqual([]);
  });

  it('is a whole sentence, whatever the values', () => {
    const values = new Proxy({}, { get: (_target, name) => `<${String(name)}>`, has: () => true });
    const poor = codes
      .map(({ code, refusals }) => ({ code, sentence: refusals[code]?.(values) ?? '' }))
      .filter(({ sentence }) => !SENTENCE.test(sentence) || /undefined|\[object/.test(sentence));
    expect(poor).toEqual([]);
  });

  it('has a sentence', () => {
    const known = new Set(codes.map(({ code }) => code));
    const speechless = [...raisedCodes()].filter(([code]) => !known.has(code));
    expect(speechless.map(([code, place]) => `${place}: ${code}`)).toEqual([]);
  });

  it('is raised somewhere', () => {
    const named = namedStrings();
    expect(codes.filter(({ code }) => !named.has(code)).map(({ code, kind }) => `${kind}: ${code}`)).toEqual([]);
  });
});
