import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type ParsedNode,
  Parser,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Path, Position, Problem } from './problem.ts';
import { sayPath } from './problem.ts';
import { NESTING_MAX, tooDeepAt } from './yaml-nesting.ts';

/** A thousand services fit; what is larger is a mistake or an attack. */
export const YAML_BYTES_MAX = 256 * 1024;
/** One missing quote can make a hundred complaints, of which only the first few help. */
const SYNTAX_PROBLEMS_MAX = 10;

/** A YAML text as plain data, and where everything in it is written. */
export interface YamlSource {
  readonly file: string;
  /** Objects have no prototype, so that a key named `constructor` is only a key. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value at `path` is written (its key, with `atKey`), or else the nearest thing around it. */
  readonly locate: (path: Path, atKey?: boolean) => Position;
}

interface Reading {
  readonly places: Map<string, { readonly key: number; readonly value: number }>;
  readonly fail: (offset: number, path: Path, sentence: string) => void;
  readonly line: (offset: number) => number;
}

/**
 * Reads YAML 1.2 (core schema) that can do no harm: at most 256 KB, no deep nesting, no aliases (so no bombs), no tags,
 * one document, every key a string and used once. Never throws; what is wrong comes back as problems, all of them.
 */
export function readYaml(text: string, file: string): YamlSource {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fail = (offset: number, path: Path, sentence: string): void => {
    problems.push({ file, ...at(offset), path: sayPath(path), sentence });
  };
  const places: Reading['places'] = new Map([['', { key: 0, value: 0 }]]);
  const locate = (path: Path, atKey = false): Position => {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = places.get(placeKey(path.slice(0, length)));
      // What is missing is shown where it would belong: at the key of the thing around it.
      if (place !== undefined) return at(atKey || length < path.length ? place.key : place.value);
    }
    return { line: 1, column: 1 };
  };
  const value = read(text, lines, { places, fail, line: (offset) => at(offset).line });
  return { file, value, problems, locate };
}

function read(text: string, lines: LineCounter, reading: Reading): unknown {
  if (Buffer.byteLength(text) > YAML_BYTES_MAX) {
    reading.fail(0, [], `The file is larger than ${YAML_BYTES_MAX / 1024} KB.`);
    return null;
  }
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const beyond = tooDeepAt(tokens);
  if (beyond !== null) {
    reading.fail(beyond, [], `More than ${NESTING_MAX} levels inside each other; nothing in this file needs that.`);
    return null;
  }
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined) return null;
  if (second !== undefined) reading.fail(second.range[0], [], 'A second document begins here; keep one document in the file.');
  if (reportSyntax(document, reading)) return null;
  return plain(document.contents, [], reading);
}

/** True when the text is no YAML, so that looking further would only repeat the complaint. */
function reportSyntax(document: Document.Parsed, { fail }: Reading): boolean {
  for (const warning of document.warnings) {
    const isTag = warning.code === 'TAG_RESOLVE_FAILED';
    fail(
      warning.pos[0],
      [],
      isTag ? 'Tags (`!…`) are not used here; write the plain value.' : `This is not valid YAML: ${warning.message}.`,
    );
  }
  for (const error of document.errors.slice(0, SYNTAX_PROBLEMS_MAX)) fail(error.pos[0], [], `This is not valid YAML: ${error.message}.`);
  return document.errors.length > 0;
}

function plain(node: ParsedNode | null, path: Path, reading: Reading): unknown {
  if (isAlias(node)) {
    reading.fail(node.range[0], path, `Aliases (\`*${node.source}\`) are not used here; write the value out.`);
    return null;
  }
  if (isMap(node)) return plainMap(node, path, reading);
  if (isSeq(node)) return plainList(node, path, reading);
  return isScalar(node) ? node.value : null;
}

function plainList(node: YAMLSeq.Parsed, path: Path, reading: Reading): unknown[] {
  return node.items.map((item, index) => {
    const itemPath = [...path, index];
    const begin = offsetOf(item) ?? node.range[0];
    reading.places.set(placeKey(itemPath), { key: begin, value: begin });
    return plain(isNode(item) ? item : null, itemPath, reading);
  });
}

function plainMap(node: YAMLMap.Parsed, path: Path, reading: Reading): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  const seen = new Map<string, number>();
  for (const { key, value } of node.items as readonly Pair<ParsedNode, ParsedNode | null>[]) {
    const begin = offsetOf(key) ?? node.range[0];
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : null;
    // The second means something else to JavaScript than to the reader.
    if (name === null || name === '__proto__') {
      reading.fail(begin, path, name === null ? 'Keys are plain words; put a number in quotes.' : `\`${name}\` cannot be a key.`);
      continue;
    }
    const keyPath = [...path, name];
    const before = seen.get(name);
    if (before !== undefined) {
      reading.fail(begin, keyPath, `\`${name}\` is already written in line ${reading.line(before)}; keep one of the two.`);
      continue;
    }
    seen.set(name, begin);
    reading.places.set(placeKey(keyPath), { key: begin, value: offsetOf(value) ?? begin });
    result[name] = plain(value, keyPath, reading);
  }
  return result;
}

function isNode(item: unknown): item is ParsedNode {
  return isScalar(item) || isMap(item) || isSeq(item) || isAlias(item);
}

/** Where a node begins; nothing is written for an empty value. */
function offsetOf(node: unknown): number | null {
  if (!isNode(node)) return null;
  const [start, end] = node.range;
  return isScalar(node) && node.source === '' && start === end ? null : start;
}

function placeKey(path: Path): string {
  return JSON.stringify(path).slice(1, -1);
}
