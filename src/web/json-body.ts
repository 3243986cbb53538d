import type { FastifyInstance } from 'fastify';
import { jsonFault } from '../kit/json-fault.ts';

/**
 * Reads JSON bodies and nothing else; who sends something that is no JSON is told where it stops being it. A key `__proto__` is refused:
 * nobody means it well.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    // Fastify's parser calls back at once, with its own error or the value.
    return parse(request, text, (error, value) => {
      if (error === null || text === '') done(error, value);
      else done(badJson(text));
    });
  });
}

function badJson(text: string): Error {
  const fault = jsonFault(text);
  const message =
    fault === null
      ? 'The body has a key named __proto__ or constructor, which is not accepted.'
      : `The body is no JSON: see line ${fault.line}, column ${fault.column} (position ${fault.offset}).`;
  return Object.assign(new Error(message), { statusCode: 400, code: 'malformed' });
}
