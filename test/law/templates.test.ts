import { join } from 'node:path';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { Recorded } from '../../src/domain/kernel.ts';
import { domains } from '../../src/domain/registry.ts';
import { createMessages } from '../../src/engine/messages.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { anyPast, tell } from './past.ts';
import { filesBelow, ROOT, sourcesBelow, treeOf, walk } from './repository.ts';

const FOLDER = 'templates/messages/';
const templates = filesBelow(FOLDER).map((path) => path.slice(FOLDER.length).replace(/\.md\.hbs$/, ''));
/** So many pasts that every event of every domain comes last in some, after several others. */
const PASTS = 1_000;

interface Said {
  readonly message: string;
  readonly event: Recorded;
  /** Null for what belongs to none. */
  readonly incident: number | null;
}

/** What all domains say after any past: each time the template's name and the event that fills it. */
function sayings(): readonly Said[] {
  return domains.flatMap((domain) =>
    fc.sample(anyPast(domain), { numRuns: PASTS, seed: 1 }).flatMap((past) =>
      tell(domain, past).promises.flatMap(({ event, effect }): readonly Said[] => {
        const isSaid = effect.kind === 'room.say' || effect.kind === 'direct.say';
        return isSaid ? [{ message: effect.message, event, incident: effect.incident }] : [];
      }),
    ),
  );
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

function faultOf(render: () => unknown): string | null {
  try {
    render();
    return null;
  } catch (error) {
    // Collected, so that one run tells of all templates.
    return String(error);
  }
}

const said = sayings();

describe('the message templates', () => {
  it('exist for everything a domain says in a room or to a person', () => {
    const asked = [...new Set(said.map(({ message }) => message))];
    expect(asked).not.toEqual([]);
    expect(asked.filter((message) => !templates.includes(message)).toSorted()).toEqual([]);
  });

  it('find everything they name, whatever happened', () => {
    const messages = createMessages(join(ROOT, FOLDER), () => exampleCatalog);
    const incidents = fc.sample(anyPast(incidentDomain), { numRuns: PASTS, seed: 2 }).map((past) => tell(incidentDomain, past).state);
    const faults = new Map<string, string>();
    for (const [index, { message, event, incident: about }] of said.entries()) {
      if (faults.has(message) || !templates.includes(message)) continue;
      const { type, data, at, actor } = event;
      const incident = about === null ? null : incidents[index % PASTS];
      const fault = faultOf(() => messages.document(message, { type, event: data, at, actor, incident }));
      if (fault !== null) faults.set(message, fault);
    }
    expect(Object.fromEntries(faults)).toEqual({});
  });

  it('are each used by somebody', () => {
    const named = namedStrings();
    expect(templates.filter((template) => !named.has(template))).toEqual([]);
  });
});
