import { parseDocument } from 'yaml';

/** The text of an `allclear.yaml` with a webhook for each of the people named; comments and everything else stay as they are. */
export function withWebhooks(text: string, webhooks: Readonly<Record<string, string>>): string {
  const document = parseDocument(text);
  for (const [person, url] of Object.entries(webhooks)) document.setIn(['people', person, 'webhook'], url);
  return document.toString({ lineWidth: 0 });
}
