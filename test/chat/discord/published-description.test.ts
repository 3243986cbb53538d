import { expect, it } from 'vitest';
import { readDescription } from '../../support/discord/published-description.ts';

const schema = { $ref: '#/components/schemas/Message' };
const described = readDescription({
  paths: {
    '/channels/{channel_id}/messages': { post: { requestBody: { content: { 'application/json': { schema } } } }, get: {} },
    '/webhooks/{id}/{token}/messages/{message_id}': {
      patch: { requestBody: { content: { 'application/json': { schema: { type: 'null' } } } } },
    },
    '/webhooks/{id}/{token}/messages/@original': { patch: { requestBody: { content: { 'application/json': { schema } } } } },
    '/channels/{channel_id}/permissions/{id}': {
      put: { requestBody: { content: { 'application/json': { schema: { properties: { allow: { type: 'integer' } } } } } } },
    },
  },
  components: { schemas: { Message: { type: 'object', properties: { content: { type: 'string', maxLength: 5 } } } } },
} as Parameters<typeof readDescription>[0]);

it('a published description finds requests it has no path, no operation or another body for', () => {
  expect(described('POST', '/channels/7/messages', { content: 'short' })).toEqual([]);
  expect(described('POST', '/channels/7/messages', { content: 'too long' })).toEqual([
    'POST /channels/{channel_id}/messages: /content must NOT have more than 5 characters',
  ]);
  expect(described('PATCH', '/webhooks/7/token/messages/@original', { content: 5 })).toEqual([
    'PATCH /webhooks/{id}/{token}/messages/@original: /content must be string',
  ]);
  expect(described('GET', '/channels/7/messages', {})).toEqual([]);
  expect(described('PUT', '/channels/7/messages', {})).toEqual(['PUT /channels/{channel_id}/messages: no such published operation']);
  expect(described('POST', '/channel/7', {})).toEqual(['POST /channel/7: not among the published paths']);
  expect(described('PUT', '/channels/7/permissions/8', { allow: '1024' })).toEqual([]);
});
