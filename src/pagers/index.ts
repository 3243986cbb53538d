import type { Pager } from '../engine/ports.ts';
import { chatPager, type DirectMessages } from './chat.ts';
import { type EmailTools, emailPager } from './email.ts';
import { type WebhookTools, webhookPager } from './webhook.ts';

/** What notification rules may name. */
export const PAGER_NAMES = ['chat', 'email', 'webhook'] as const;

export interface PagerTools extends EmailTools, WebhookTools {
  readonly direct: DirectMessages;
}

/** Every way to wake a person. Adding one is a file, its name above and a line here. */
export function createPagers(tools: PagerTools): { readonly pagers: readonly Pager[]; close(): void } {
  const email = emailPager(tools);
  return { pagers: [chatPager(tools.direct), email, webhookPager(tools)], close: () => email.close() };
}
