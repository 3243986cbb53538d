import { MINUTE_MS } from '../../kit/duration.ts';
import type { Stage } from './stage.ts';

/** Eli opens the link of the e-mail. Looking changes nothing, as mail scanners look too; pressing the button acknowledges. */
export async function answerThePage({ script, rings, http, proves, settled, pass, bot }: Stage): Promise<void> {
  script.title('The link in the e-mail acknowledges, without a session and without an app.');
  const mail = rings.find((ring) => ring.by === 'e-mail' && ring.to.startsWith('eli'));
  const url = mail?.by === 'e-mail' ? mail.acknowledgeUrl : '';
  const webhooks = rings.filter((ring) => ring.by === 'webhook');
  proves(webhooks.length > 0 && webhooks.every((ring) => ring.isSigned), 'the webhook to the phone is signed, and the signature is right');
  script.does('eli', 'opens the link in the e-mail');
  const looked = await http({ method: 'GET', url });
  const isRinging = async (): Promise<boolean> => (await bot.composed.bot.readings.openPages(1)).length === 1;
  proves(looked.ok && looked.status === 200 && (await isRinging()), 'looking at it changes nothing');
  script.does('eli', 'presses “Acknowledge”');
  const pressed = await http({ method: 'POST', url, body: '' });
  await settled();
  proves(pressed.ok && pressed.status === 200 && !(await isRinging()), 'the page is acknowledged and rings nobody any more');
  await pass(MINUTE_MS);
}
