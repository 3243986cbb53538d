import type { Settings } from '../../config/environment.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { broken, type Finding, good, warning } from './finding.ts';

/** Whoever runs the doctor waits for it. */
const ANSWER_MS_MAX = 5 * SECOND_MS;
const AGAIN = 'Add it (`allclear slack manifest` has all of them) and install the app again.';

/** Whether the token is good, what the app may not do and what stops working without it; nothing where Slack is not set up. */
export async function lookAtSlack({ slack }: Settings, { chat }: Catalog): Promise<readonly Finding[]> {
  if (slack === null) return [];
  const { examineSlack } = await import('../../chat/slack/examination.ts');
  const found = await examineSlack({ ...slack, timeoutMs: ANSWER_MS_MAX }, chat['slack']);
  if (!found.ok)
    return [broken('slack', `Slack does not let us in: ${found.detail}`, 'Correct SLACK_BOT_TOKEN, or install the app again.')];
  const { team, missing, unknown, socket } = found;
  return [
    good('slack', `in the workspace ${team}`),
    ...(socket === null ? [] : [broken('slack', `Socket Mode does not work: ${socket}`, 'Correct SLACK_APP_TOKEN (connections:write).')]),
    ...missing.map(({ scope, reason, essential }) =>
      (essential === true ? broken : warning)('slack', `The app has no scope ${scope}, so nobody ${reason}.`, AGAIN),
    ),
    ...unknown.map((sentence) =>
      warning('slack', `\`chat.slack\` in the configuration: ${sentence}.`, 'Make it there, invite the app, or correct it here.'),
    ),
  ];
}
