import { MINUTE_MS, SECOND_MS } from '../../kit/duration.ts';
import { switchOf } from './application.ts';
import type { Stage } from './stage.ts';

/** Whoever reads a message, thinks and types needs about this long. */
const BREATH_MS = 20 * SECOND_MS;

/** A night in which customers cannot pay, from the first word to the postmortem. */
export async function playStory(stage: Stage): Promise<void> {
  await declare(stage);
  await answerThePage(stage);
  await takeCommand(stage);
  await stopTheBleeding(stage);
  await handOver(stage);
  await recover(stage);
  await windDown(stage);
}

/** Bo has the pager, and sleeps. */
async function declare({ script, types, pass, proves, rings }: Stage): Promise<void> {
  script.title('One line declares an incident. Room, page and reminders follow by themselves.');
  const rangFor = (person: string): boolean => rings.some(({ to }) => to.startsWith(person));
  await types('gus', 'declare sev1 on checkout Customers cannot pay');
  await pass(BREATH_MS);
  proves(rangFor('bo'), 'Bo is on call and was paged');
  script.title('Bo does not wake up. After five minutes the next level is paged.');
  await pass(5 * MINUTE_MS);
  proves(rangFor('eli'), 'the page went on to Eli, for whom it is evening');
}

/** Looking at the link changes nothing, as mail scanners look too; pressing its button acknowledges. */
async function answerThePage({ script, rings, http, proves, settled, bot }: Stage): Promise<void> {
  script.title('The link in the e-mail acknowledges: no app, no password.');
  const mail = rings.find((ring) => ring.by === 'e-mail' && ring.to.startsWith('eli'));
  const url = mail?.by === 'e-mail' ? mail.acknowledgeUrl : '';
  const webhooks = rings.filter((ring) => ring.by === 'webhook');
  proves(webhooks.length > 0 && webhooks.every(({ isSigned }) => isSigned), 'the webhook to the phone is signed (HMAC), and rightly');
  const isRinging = async (): Promise<boolean> => (await bot.composed.bot.readings.openPages(1)).length === 1;
  script.does('eli', 'opens the link');
  const looked = await http({ method: 'GET', url });
  proves(looked.ok && looked.status === 200 && (await isRinging()), 'looking at it changes nothing');
  script.does('eli', 'presses “Acknowledge”');
  const pressed = await http({ method: 'POST', url, body: '' });
  await settled();
  proves(pressed.ok && pressed.status === 200 && !(await isRinging()), 'the page is acknowledged and rings nobody any more');
}

/** The runbook takes roles and the first word to customers off everybody's mind. */
async function takeCommand({ script, types, saysAndPins, pass, proves }: Stage): Promise<void> {
  script.title('Roles, and a runbook against a clock of 15 minutes.');
  await types('eli', 'role ic');
  await types('eli', 'runbook start recover-in-15');
  await types('eli', 'step choose real');
  await saysAndPins('gus', 'Forty calls in ten minutes, all of them pay by card', 'eli');
  await types('bo', 'role ops');
  await pass(BREATH_MS);
  await types('bo', 'note 02:41 deploy of checkout 214');
  proves((await types('eli', 'timeline')).includes('We see a problem'), 'the runbook told people that we know');
}

/** Two people, and every application sees it. */
async function stopTheBleeding(stage: Stage): Promise<void> {
  const { script, types, pass, proves } = stage;
  script.title('Stop the bleeding: read-only mode, under two-person control.');
  proves(!(await switchOf(stage, 'read-only')), 'the shop asks over OFREP: read-only is off');
  await types('eli', 'step choose read-only');
  await types('eli', 'approve read-only', 'refused');
  proves(!(await switchOf(stage, 'read-only')), 'nobody approves their own request: it is still off');
  await pass(BREATH_MS);
  await types('bo', 'approve read-only');
  proves(await switchOf(stage, 'read-only'), 'Bo approved: the shop asks again and is told that read-only is on');
  await types('eli', 'update Everybody can look around again. Orders pause while we repair payments. next 15m');
  await types('eli', 'step done');
}

async function handOver({ script, types, pass, proves }: Stage): Promise<void> {
  script.title('A handover with a briefing, and a checkpoint that asks.');
  await types('eli', 'handover ic @fay Deploy 214 broke payments. Read-only is on, Bo rolls back. Next: verify, then switch it off.');
  await pass(BREATH_MS);
  await types('fay', 'handover accept ic');
  await pass(4 * MINUTE_MS);
  proves((await types('fay', 'timeline')).includes('Five minutes in'), 'five minutes into the runbook the checkpoint asked');
  await types('fay', 'step decide 5m go-on');
}

async function recover(stage: Stage): Promise<void> {
  const { script, types, pass, proves } = stage;
  script.title('It recovers. Read-only goes off again, by two people.');
  await types('bo', 'note rolled back to 213, payments go through');
  await types('bo', 'step done');
  await types('fay', 'step choose recovered');
  await types('fay', 'status mitigated Rolled back to 213');
  await types('fay', 'step done');
  await types('fay', 'switch read-only off because payments work again');
  await pass(BREATH_MS);
  await types('bo', 'approve read-only');
  proves(!(await switchOf(stage, 'read-only')), 'the shop is told that read-only is off');
}

async function windDown(stage: Stage): Promise<void> {
  const { script, types, pass, bot, proves } = stage;
  script.title('What must not be forgotten, and the end.');
  await types('eli', 'note factor: deploy 214 was never tried with a declined card');
  await types('eli', 'note well: read-only was on within a minute of asking');
  await types('fay', 'action prevent @bo Try declined cards before each deploy');
  await types('fay', 'step choose holds');
  await types('fay', 'step done');
  await pass(BREATH_MS);
  await types('fay', 'resolve Rolled back checkout to 213');
  const view = await bot.composed.bot.readings.incident(1);
  proves(view?.incident.status === 'resolved', 'the incident is resolved');
  await types('fay', 'postmortem inc-1');
}
