import { type CST, type Document, isAlias, isMap, isNode, isScalar, LineCounter, Parser, parseDocument, visit } from 'yaml';
import { BLOCK_CHARS_MAX, NESTING_MAX } from './limits.ts';
import type { Fragment } from './markdown.ts';

export type Path = readonly (string | number)[];
export interface Place {
  readonly line: number;
  readonly column: number;
}
/** A YAML text as plain data, and where everything in it is written in the file. */
export interface YamlBlock {
  /** `null` when the text could not be read; then `complaints` says why. */
  readonly value: unknown;
  readonly complaints: readonly (Place & { readonly sentence: string })[];
  /** Where the value at `path` is written (its key, with `atKey`), or else the nearest thing around it. */
  readonly locate: (path: Path, atKey?: boolean) => Place;
}

/**
 * Reads YAML 1.2 (core schema) that can do no harm: small, flat, without aliases (so without bombs), without tags, one
 * document, text keys used once. Never throws.
 */
export function readYamlBlock(fragment: Fragment): YamlBlock {
  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: fragment.line + Math.max(line, 1) - 1, column: Math.max(col, 1) + fragment.indent };
  };
  const refuse = (offset: number, sentence: string): YamlBlock => ({
    value: null,
    complaints: [{ ...at(offset), sentence }],
    locate: () => at(0),
  });
  if (fragment.text.length > BLOCK_CHARS_MAX) return refuse(0, `This block is longer than ${BLOCK_CHARS_MAX / 1024} KB.`);
  const beyond = tooDeepAt([...new Parser(lines.addNewLine).parse(fragment.text)]);
  if (beyond !== null) return refuse(beyond, `More than ${NESTING_MAX} levels inside each other; nothing here needs that.`);
  const document = parseDocument(fragment.text, { prettyErrors: false, stringKeys: true, resolveKnownTags: false, logLevel: 'error' });
  const found = complaintsOf(document);
  return {
    value: found.length > 0 ? null : document.toJS({ maxAliasCount: 0 }),
    complaints: found.map(({ offset, sentence }) => ({ ...at(offset), sentence })),
    locate: (path, atKey = false) => at(offsetOf(document, path, atKey)),
  };
}

interface Complaint {
  readonly offset: number;
  readonly sentence: string;
}

function complaintsOf(document: Document.Parsed): readonly Complaint[] {
  const found: Complaint[] = document.errors.map(({ code, message, pos }) => ({
    offset: pos[0],
    sentence: code === 'DUPLICATE_KEY' ? 'This key is written twice; keep one of the two.' : `This is not valid YAML: ${message}.`,
  }));
  for (const { pos } of document.warnings)
    found.push({ offset: pos[0], sentence: 'Tags (`!…`) are not used here; write the plain value.' });
  visit(document, {
    Alias: (_key, node) => {
      found.push({ offset: node.range?.[0] ?? 0, sentence: `Aliases (\`*${node.source}\`) are not used here; write the value out.` });
    },
  });
  return found;
}

function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const around = path.slice(0, length);
    const node = length < path.length || !atKey ? nodeAt(document, around) : keyAt(document, around);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyAt(document: Document.Parsed, path: Path): unknown {
  const map = nodeAt(document, path.slice(0, -1));
  if (!isMap(map)) return null;
  return map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))?.key;
}

function nodeAt(document: Document.Parsed, path: Path): unknown {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isAlias(node) ? null : node;
}

/**
 * Where a text nests deeper than allowed, as an offset, or null. Looks at the concrete syntax, which `yaml` builds
 * without recursion, and does not recurse either: no text can overflow the stack here.
 */
function tooDeepAt(tokens: readonly CST.Token[]): number | null {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > NESTING_MAX) return next.token.offset;
    for (const token of inside(next.token)) if (token) open.push({ token, depth: next.depth + 1 });
  }
  return null;
}

function inside(token: CST.Token): readonly (CST.Token | null | undefined)[] {
  switch (token.type) {
    case 'document':
      return [token.value];
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      return token.items.flatMap((item) => [item.key, item.value]);
    default:
      return [];
  }
}
