import type { FastifyPluginAsync, FastifyRequest } from 'fastify';

/** One signed request of Slack, byte for byte as it came in, and what it is answered. */
export type ReceiveSlack = (request: {
  readonly body: string;
  readonly timestamp: string;
  readonly signature: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

/** `POST` at `path`: commands, events, buttons and forms. The signature is over the bytes, so nothing is parsed before it is checked. */
export function slackRoutes(path: string, receive: ReceiveSlack): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.post(path, async (request, reply) => {
      const header = (name: string): string => headerOf(request, name);
      const body = typeof request.body === 'string' ? request.body : '';
      const answered = await receive({ body, timestamp: header('x-slack-request-timestamp'), signature: header('x-slack-signature') });
      const type = answered.body.startsWith('{') ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
      return reply.code(answered.status).type(type).send(answered.body);
    });
  };
}

function headerOf({ headers }: FastifyRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}
