import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** A copy of Discord's own OpenAPI description (github.com/discord/discord-api-spec, `specs/openapi.json`), for who has one. */
const FILE = process.env['DISCORD_OPENAPI'];
const KEY = 'discord';
const COMPLAINTS_MAX = 3;

type Operations = Readonly<Record<string, { readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> } }>>;
interface Description {
  readonly paths: Readonly<Record<string, Operations>>;
}
/** What the description says against a request: nothing where there is none, or where it has no body for it. */
export type Described = (method: string, path: string, body: unknown) => readonly string[];

export const described: Described = FILE === undefined ? () => [] : readDescription(JSON.parse(readFileSync(FILE, 'utf8')));

/** Checks requests by a description; `described` does by Discord's. */
export function readDescription(description: Description): Described {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  ajv.addSchema(description, KEY);
  const checks = new Map<string, ValidateFunction>();
  return (method, path, body) => {
    const template = templateOf(description, path);
    if (template === null) return [`${method} ${path}: not among the published paths`];
    const operation = description.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) return [`${method} ${template}: no such published operation`];
    if (operation.requestBody?.content['application/json'] === undefined) return [];
    const place = ['paths', template, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
    const reference = `${KEY}#/${place.map((word) => encodeURIComponent(word.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const check = checks.get(reference) ?? ajv.compile({ $ref: reference });
    checks.set(reference, check);
    if (check(withNumbers(body))) return [];
    return (check.errors ?? []).slice(0, COMPLAINTS_MAX).map((error) => `${method} ${template}: ${error.instancePath} ${error.message}`);
  };
}

/**
 * Sets of permissions are text of digits in the reference (docs.discord.com/developers/topics/permissions) and in every library; the description
 * calls those of an overwrite numbers.
 */
function withNumbers(body: unknown): unknown {
  if (Array.isArray(body)) return body;
  const isBits = (name: string, value: unknown): boolean => ['allow', 'deny'].includes(name) && /^\d+$/.test(String(value));
  return Object.fromEntries(Object.entries(body as object).map(([name, value]) => [name, isBits(name, value) ? Number(value) : value]));
}

/** The most literal template wins: `/messages/@original` before `/messages/{message_id}`. */
function templateOf({ paths }: Description, path: string): string | null {
  const words = path.split('/');
  const fits = (template: string): boolean => {
    const parts = template.split('/');
    return parts.length === words.length && parts.every((part, index) => part.startsWith('{') || part === words[index]);
  };
  const fitting = Object.keys(paths).filter(fits);
  return fitting.sort((one, other) => one.split('{').length - other.split('{').length)[0] ?? null;
}
