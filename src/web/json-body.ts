import type { FastifyInstance } from 'fastify';
import { type JsonFault, jsonFault } from '../kit/json-fault.ts';

/**
 * Reads JSON bodies and nothing else; who sends something that is no JSON is told where it stops being it. Keys that reach for an
 * object's prototype are left out: nobody means them well, and refusing the rest would lose an alert for a label.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('remove', 'remove');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    return parse(request, text, (error, value) => {
      const fault = error === null || text === '' ? null : jsonFault(text);
      done(fault === null ? error : badJson(fault), value);
    });
  });
}

function badJson({ line, column, offset }: JsonFault): Error {
  const message = `The body is no JSON: see line ${line}, column ${column} (position ${offset}).`;
  return Object.assign(new Error(message), { statusCode: 400, code: 'malformed' });
}
