import type { FastifyInstance } from 'fastify';
import type { QueuePages } from './options.ts';
import { leadToSignIn, type SignInPorts } from './sign-in.ts';
import { object, visitOf } from './visit.ts';

/** The board names its own folder in a base element and styles its elements itself; it still loads nothing from elsewhere. */
const BOARD_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Behind the console's session, for rank admin, and only to look at: what is done again is decided by the outbox. */
export function queueRoutes(app: FastifyInstance, ports: SignInPorts, { path, pages }: QueuePages): void {
  app.register(
    async (board) => {
      board.addHook('onRequest', async (request, reply) => {
        reply.header('content-security-policy', BOARD_POLICY);
        const visit = await visitOf(request, ports);
        if (visit === null) return leadToSignIn(ports, request, reply);
        if (visit.viewer.person.rank !== 'admin') {
          const sentence = 'Only administrators look at the queues. Ask one, or give yourself that rank in allclear.yaml.';
          return object(request, reply, { status: 403, title: 'Not for you', sentence }, ports.templates);
        }
        if (READING.has(request.method)) return;
        const sentence = 'The queues are shown here, not changed: what is owed is in the database and is done again from there.';
        return object(request, reply, { status: 405, title: 'Only to look at', sentence }, ports.templates);
      });
      await board.register(pages);
    },
    { prefix: path },
  );
}
