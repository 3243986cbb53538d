import { templateEngine } from './template-engine.ts';

/** What a template may use. */
export interface TemplateVocabulary {
  readonly helpers: readonly string[];
  readonly partials: readonly string[];
}
export interface TemplateFault {
  readonly line: number;
  readonly fault: string;
}

/** In these kinds of file every `{{x}}` is escaped for HTML by Handlebars; elsewhere nothing is escaped by itself. */
export function isAutoEscaped(file: string): boolean {
  return /\.(?:html|xml)\.hbs$/.test(file);
}

export function compileOptions(helpers: readonly string[], escaped: boolean): CompileOptions {
  const known = Object.fromEntries(helpers.map((name) => [name, true]));
  // `log` writes to the console and `lookup` reaches for computed names: no template needs them.
  const knownHelpers = { ...known, log: false, lookup: false } as KnownHelpers;
  return { strict: true, knownHelpersOnly: true, knownHelpers, noEscape: !escaped };
}

type Path = hbs.AST.PathExpression;
type Call = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;
function isPath(node: hbs.AST.Node | undefined): node is Path {
  return node?.type === 'PathExpression';
}

/** Visits every statement and expression with the lists it is repeated for, innermost last. */
function walk(source: string, visit: (node: hbs.AST.Node, lists: readonly string[]) => void): void {
  const visitor = new templateEngine.Visitor();
  const accept = visitor.accept;
  const lists: string[] = [];
  visitor.accept = function acceptNode(node: hbs.AST.Node): void {
    if (!node) return;
    visit(node, lists);
    const list = repeatedList(node);
    if (list !== null) lists.push(list);
    accept.call(this, node);
    if (list !== null) lists.pop();
  };
  visitor.accept(templateEngine.parse(source));
}

/** The dotted name of the list that `{{#each list}}` repeats for. */
function repeatedList(node: hbs.AST.Node): string | null {
  if (node.type !== 'BlockStatement') return null;
  const { path, params } = node as hbs.AST.BlockStatement;
  const [list] = params;
  return path.original === 'each' && isPath(list) ? list.original : null;
}

function partialFault(node: hbs.AST.Node, vocabulary: TemplateVocabulary): string | null {
  const name = 'name' in node ? (node.name as hbs.AST.Node) : undefined;
  if (!isPath(name)) return 'a partial is included by its plain name, never by a computed one';
  if (vocabulary.partials.includes(name.original) || name.original === '@partial-block') return null;
  return `there is no template ${name.original} to include here`;
}

function callFault(node: hbs.AST.Node, vocabulary: TemplateVocabulary): string | null {
  const call = node as Call;
  const isCall = call.type !== 'MustacheStatement' || call.params.length > 0 || (call.hash?.pairs.length ?? 0) > 0;
  if (!isCall || !isPath(call.path) || vocabulary.helpers.includes(call.path.original)) return null;
  if (call.type === 'BlockStatement' && call.params.length === 0)
    return `write {{#each ${call.path.original}}} or {{#if ${call.path.original}}}`;
  return `there is no helper ${call.path.original}; there are ${[...vocabulary.helpers].sort().join(', ')}`;
}

function nodeFault(node: hbs.AST.Node, vocabulary: TemplateVocabulary): string | null {
  switch (node.type) {
    case 'PartialStatement':
    case 'PartialBlockStatement':
      return partialFault(node, vocabulary);
    case 'Decorator':
    case 'DecoratorBlock':
      return 'decorators are not used here';
    case 'MustacheStatement':
    case 'BlockStatement':
    case 'SubExpression':
      return callFault(node, vocabulary);
    default:
      return null;
  }
}

/** The first thing a template does that it may not, or null. Throws Handlebars' own error when it does not parse. */
export function templateFault(source: string, vocabulary: TemplateVocabulary): TemplateFault | null {
  const faults: TemplateFault[] = [];
  walk(source, (node) => {
    const fault = nodeFault(node, vocabulary);
    if (fault !== null) faults.push({ line: node.loc.start.line, fault });
  });
  return faults[0] ?? null;
}

/** Their output is safe in the notation of a text template, whatever goes in. */
const SAFE_HELPERS: readonly string[] = ['text', 'codetext', 'md', 'mdcell', 'clock', 'date', 'iso', 'duration'];

/**
 * Each place where a template prints a value as it is: its line and the dotted name printed (`people.this` for `{{this}}` in
 * `{{#each people}}`), or the helper call. Lints decide which may.
 */
export function bareFields(source: string): readonly { readonly line: number; readonly name: string }[] {
  const found: { line: number; name: string }[] = [];
  walk(source, (node, lists) => {
    if (node.type !== 'MustacheStatement') return;
    const { path, params } = node as hbs.AST.MustacheStatement;
    if (!isPath(path) || (params.length > 0 && SAFE_HELPERS.includes(path.original))) return;
    const field = path.original === 'this' ? [lists.at(-1) ?? '', 'this'].join('.') : path.original;
    const name = [field, ...params.map((param) => (isPath(param) ? param.original : '…'))].join(' ');
    found.push({ line: node.loc.start.line, name });
  });
  return found;
}
