import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { templateEngine } from './template-engine.ts';
import { type TemplateHelper, templateHelpers } from './template-helpers.ts';
import { compileOptions, isAutoEscaped, templateFault } from './template-rules.ts';

/** Far above any message; a template beyond it is a mistake or an attack on the event loop. */
export const TEMPLATE_BYTES_MAX = 64 * 1024;
const FILE_NAME = /^([a-z0-9][a-z0-9-]{0,63})\.(?:md|txt|html|xml)\.hbs$/;

/** A template that cannot be loaded or rendered; says file and line. Always a mistake of the template's or model's author. */
export class TemplateError extends Error {
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, fault: string, cause?: unknown) {
    super(`${file}:${line}: ${fault}`, { cause });
    this.name = 'TemplateError';
    this.file = file;
    this.line = line;
  }
}

export interface Templates {
  /** File names without `.md.hbs` and the like, sorted. */
  readonly names: readonly string[];
  /** Fills a template. Throws TemplateError for an unknown name and for a value the model does not have. */
  render(name: string, model: object): string;
}

interface Loaded {
  readonly file: string;
  readonly source: string;
}

function readTemplate(directory: string, entry: string): readonly [string, Loaded] {
  const file = join(directory, entry);
  const name = FILE_NAME.exec(entry)?.[1];
  if (name === undefined) throw new TemplateError(file, 1, 'a template is named like `incident-declared.md.hbs`');
  if (statSync(file).size > TEMPLATE_BYTES_MAX) throw new TemplateError(file, 1, `a template has at most ${TEMPLATE_BYTES_MAX} bytes`);
  return [name, { file, source: readFileSync(file, 'utf8') }];
}

function readTemplates(directory: string): ReadonlyMap<string, Loaded> {
  const loaded = new Map<string, Loaded>();
  for (const entry of readdirSync(directory).sort()) {
    if (!entry.endsWith('.hbs')) continue;
    const [name, template] = readTemplate(directory, entry);
    if (loaded.has(name)) throw new TemplateError(template.file, 1, `two templates are named ${name}`);
    loaded.set(name, template);
  }
  return loaded;
}

/** Handlebars' own errors carry `lineNumber`; its parser writes "Parse error on line 3". */
function asTemplateError(file: string, error: unknown): TemplateError {
  if (error instanceof TemplateError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const said = /(?:on line |- )(\d+)/.exec(message)?.[1];
  const carried = error instanceof Error && 'lineNumber' in error ? Number(error.lineNumber) : Number.NaN;
  const line = Number.isInteger(carried) ? carried : Number(said ?? 1);
  return new TemplateError(file, line, message.replaceAll(/\s+/g, ' '), error);
}

/**
 * Loads every `<name>.{md,txt,html,xml}.hbs` of a directory, checked whole: syntax, helpers, partials and size, so that a
 * mistake stops the start and not the message at night. `md` and `txt` templates are filled unescaped: where they make markup, people's
 * text goes through `{{text x}}` (messages) or `{{md x}}` (GitHub). `html` and `xml` ones are escaped unless written `{{{x}}}`.
 * `{{> name}}` includes another template of the directory. Extra `helpers` are pure functions of their arguments.
 */
export function loadTemplates(directory: string, helpers: Readonly<Record<string, TemplateHelper>> = {}): Templates {
  const loaded = readTemplates(directory);
  const allHelpers = templateHelpers(helpers);
  const handlebars = templateEngine.create();
  const compiled = new Map<string, HandlebarsTemplateDelegate>();
  for (const [name, { file, source }] of loaded) {
    const options = compileOptions(Object.keys(allHelpers), isAutoEscaped(file));
    try {
      const fault = templateFault(source, { helpers: Object.keys(allHelpers), partials: [...loaded.keys()] });
      if (fault !== null) throw new TemplateError(file, fault.line, fault.fault);
      // Finds every fault of the whole file now; `compile` alone would wait for the first message.
      handlebars.precompile(source, options);
      compiled.set(name, handlebars.compile(source, options));
    } catch (error) {
      throw asTemplateError(file, error);
    }
  }
  const runtime = {
    helpers: { ...allHelpers },
    partials: Object.fromEntries(compiled),
    allowProtoPropertiesByDefault: false,
    allowProtoMethodsByDefault: false,
  };
  return {
    names: [...loaded.keys()].sort(),
    render(name, model) {
      const template = compiled.get(name);
      const file = loaded.get(name)?.file ?? join(directory, name);
      if (template === undefined) throw new TemplateError(file, 1, 'there is no such template');
      try {
        return template(model, runtime);
      } catch (error) {
        throw asTemplateError(file, error);
      }
    },
  };
}
