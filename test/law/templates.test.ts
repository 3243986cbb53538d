import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { domains } from '../../src/domain/registry.ts';
import { anyPast, tell } from './past.ts';
import { filesBelow, sourcesBelow, treeOf, walk } from './repository.ts';

const FOLDER = 'templates/messages/';
const templates = filesBelow(FOLDER).map((path) => path.slice(FOLDER.length).replace(/\.md\.hbs$/, ''));
/** So many pasts that every event of every domain comes last in some, after several others. */
const PASTS = 1_000;

/** Names of the templates that effects of any past ask for. */
function messagesAskedFor(): ReadonlySet<string> {
  const asked = new Set<string>();
  for (const domain of domains) {
    for (const past of fc.sample(anyPast(domain), { numRuns: PASTS, seed: 1 })) {
      for (const effect of tell(domain, past).effects) {
        if (effect.kind === 'room.say' || effect.kind === 'direct.say') asked.add(effect.message);
      }
    }
  }
  return asked;
}

/** Every string in the source: one of them names the template, or nobody does. */
function namedStrings(): ReadonlySet<string> {
  const named = new Set<string>();
  for (const path of [...sourcesBelow('src'), ...sourcesBelow('commands')]) {
    walk(treeOf(path), (node) => {
      if (ts.isStringLiteral(node)) named.add(node.text);
    });
  }
  return named;
}

describe('the message templates', () => {
  it('exist for everything a domain says in a room or to a person', () => {
    const asked = [...messagesAskedFor()];
    expect(asked).not.toEqual([]);
    expect(asked.filter((message) => !templates.includes(message)).toSorted()).toEqual([]);
  });

  it('are each used by somebody', () => {
    const named = namedStrings();
    expect(templates.filter((template) => !named.has(template))).toEqual([]);
  });
});
