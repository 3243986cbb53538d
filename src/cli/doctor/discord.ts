import type { Settings } from '../../config/environment.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { broken, type Finding, good, warning } from './finding.ts';

/** Whoever runs the doctor waits for it. */
const ANSWER_MS_MAX = 5 * SECOND_MS;
const AGAIN = 'Give the role of the bot this permission; `allclear discord invite` asks for all of them.';
/** Of 1,000 a day; fewer left means that something starts the bot again and again. */
const IDENTIFIES_MIN = 200;

/** Whether the token is good, what the bot may not do and what stops working without it; nothing where Discord is not set up. */
export async function lookAtDiscord({ discord }: Settings, { chat, people }: Catalog): Promise<readonly Finding[]> {
  if (discord === null) return [];
  const { examineDiscord } = await import('../../chat/discord/examination.ts');
  const found = await examineDiscord({ ...discord, timeoutMs: ANSWER_MS_MAX }, chat['discord']);
  if (!found.ok)
    return [
      broken('discord', `Discord does not let us in: ${found.detail}`, 'Correct DISCORD_TOKEN and DISCORD_GUILD_ID, or invite the bot.'),
    ];
  const { server, missing, readsContent, unknown, identifiesLeft } = found;
  const strangers = Object.values(people).filter(({ identities }) => identities['discord'] === undefined).length;
  return [
    good('discord', `on the server ${server}`),
    ...missing.map(({ name, reason }) => warning('discord', `The bot lacks the permission ${name}, so nobody ${reason}.`, AGAIN)),
    ...(readsContent ? [] : [warning('discord', NO_CONTENT, 'Switch on Message Content Intent for the bot in the developer portal.')]),
    ...(identifiesLeft >= IDENTIFIES_MIN
      ? []
      : [
          warning(
            'discord',
            `Only ${identifiesLeft} connections are left today; at none Discord takes the token away.`,
            'Find what starts the bot again and again.',
          ),
        ]),
    ...(strangers === 0
      ? []
      : [warning('discord', `${strangers} people have no \`identities.discord\`.`, 'Add their user ids to allclear.yaml.')]),
    ...unknown.map((sentence) => warning('discord', `Named and not found: ${sentence}.`, 'Make it there, or correct it here.')),
  ];
}
const NO_CONTENT = 'The bot may not read the content of messages, so pinned messages come to the timeline without their words.';
