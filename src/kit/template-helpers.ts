import type { HelperOptions } from 'handlebars';
import { sayDuration } from './duration.ts';
import { escapeCodeText, escapeMarkdown, escapeMarkdownCell, escapeText } from './escape.ts';
import { templateEngine } from './template-engine.ts';
import { isoTime, wallClock, wallDate } from './wall-time.ts';

/** A pure function of its arguments; throws when one of them makes no sense. */
export type TemplateHelper = (...values: readonly unknown[]) => unknown;

/** As Handlebars calls it: the values, then its own options. */
type CalledHelper = (...values: unknown[]) => unknown;

interface CalledOptions extends HelperOptions {
  readonly name: string;
  readonly loc?: hbs.AST.SourceLocation;
}

/** What may follow the values: `{{clock at zone="Europe/Paris" seconds=true}}`. */
interface HelperHash {
  readonly zone?: unknown;
  readonly seconds?: unknown;
}

const DEFAULT_ZONE = 'UTC';

function isOptions(value: unknown): value is CalledOptions {
  return typeof value === 'object' && value !== null && 'hash' in value && 'name' in value;
}

/** Handlebars checks names only where they stand alone; as an argument a misspelt name would silently be nothing. */
function checkedArguments(
  given: readonly unknown[],
  count: number,
): { readonly values: readonly unknown[]; readonly options: CalledOptions } {
  const options = given.at(-1);
  if (!isOptions(options)) throw new TypeError('a helper is called by a template');
  const values = given.slice(0, -1);
  if (values.length !== count) throw fault(options, `{{${options.name}}} takes ${count} value${count === 1 ? '' : 's'}`);
  if (values.includes(undefined)) throw fault(options, `{{${options.name}}} was given a name the model does not have`);
  return { values, options };
}
function fault(options: CalledOptions, message: string): Error {
  return Object.assign(new Error(message), { lineNumber: options.loc?.start.line ?? 1 });
}

/** Runs with exactly `count` values, all of them known; a fault says the template's line. */
function helper(count: number, run: (values: readonly unknown[], hash: HelperHash) => unknown): CalledHelper {
  return (...given) => {
    const { values, options } = checkedArguments(given, count);
    try {
      return run(values, options.hash);
    } catch (error) {
      throw fault(options, error instanceof Error ? error.message : String(error));
    }
  };
}

/** Text, numbers and booleans as text; null is nothing. */
function textOf(value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError('only text, numbers, yes/no and null can be shown');
}
function escaping(escaped: (text: string) => string): CalledHelper {
  return helper(1, ([value]) => escaped(textOf(value)));
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('this needs a number of milliseconds');
  return value;
}
/** A moment or duration as text; null is nothing, as for text. */
function timing(say: (ms: number, hash: HelperHash) => string): CalledHelper {
  return helper(1, ([value], hash) => (value === null ? '' : say(numberOf(value), hash)));
}
function zoneOf(hash: HelperHash): string {
  return typeof hash.zone === 'string' ? hash.zone : DEFAULT_ZONE;
}

function joined(list: unknown, separator: unknown): string {
  if (!Array.isArray(list)) throw new TypeError('join needs a list');
  return list.map(textOf).join(textOf(separator));
}

/** Handlebars' own block helper, but a name the model does not have is a mistake and not "no". */
function checkedBlock(name: 'if' | 'unless' | 'each' | 'with'): CalledHelper {
  const builtIn = templateEngine.helpers[name];
  return function checked(this: unknown, ...given: unknown[]): unknown {
    checkedArguments(given, 1);
    return builtIn?.apply(this, given as Parameters<typeof builtIn>);
  };
}

function isSame(values: readonly unknown[]): boolean {
  return values[0] === values[1];
}

const HELPERS: Readonly<Record<string, CalledHelper>> = {
  text: escaping(escapeText),
  codetext: escaping(escapeCodeText),
  md: escaping(escapeMarkdown),
  mdcell: escaping(escapeMarkdownCell),
  clock: timing((at, hash) => wallClock(at, zoneOf(hash), hash.seconds === true)),
  date: timing((at, hash) => wallDate(at, zoneOf(hash))),
  iso: timing(isoTime),
  duration: timing(sayDuration),
  eq: helper(2, isSame),
  ne: helper(2, (values) => !isSame(values)),
  not: helper(1, ([value]) => templateEngine.Utils.isEmpty(value)),
  join: helper(2, ([list, separator]) => joined(list, separator)),
  if: checkedBlock('if'),
  unless: checkedBlock('unless'),
  each: checkedBlock('each'),
  with: checkedBlock('with'),
};

/** The house's helpers and the caller's own, ready for Handlebars. Null prints nothing everywhere; an unknown name throws. */
export function templateHelpers(own: Readonly<Record<string, TemplateHelper>>): Record<string, CalledHelper> {
  const called: Record<string, CalledHelper> = { ...HELPERS };
  for (const [name, run] of Object.entries(own)) {
    called[name] = (...given) => {
      const { values, options } = checkedArguments(given, given.length - 1);
      try {
        return run(...values);
      } catch (error) {
        throw fault(options, error instanceof Error ? error.message : String(error));
      }
    };
  }
  return called;
}
