import { createServer } from 'node:http';

/**
 * A phone in a container of its own, beside the bots: rings for every page it is sent, says so in a line of JSON, and
 * answers after a while, so that who called can be killed meanwhile. `node phone.ts PORT ANSWER_MS`.
 */
const [port = '8080', answerMs = '0'] = process.argv.slice(2);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { page, key } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { page: string; key: string };
    const ring = { page, key, from: request.socket.remoteAddress?.replace(/^::ffff:/, '') };
    console.log(JSON.stringify({ ...ring, is: 'ringing' }));
    setTimeout(() => {
      response.end();
      console.log(JSON.stringify({ ...ring, is: 'answered' }));
    }, Number(answerMs));
  });
}).listen(Number(port));
process.once('SIGTERM', () => process.exit(0));
