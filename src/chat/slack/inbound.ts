import type { App } from '@slack/bolt';
import type { Reply } from '../../engine/ports.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { sha256Hex } from '../../kit/hashing.ts';
import { refusing } from '../saying.ts';
import { type Asker, answer, formView, openForm, tell } from './answers.ts';
import { hear, type InboundPorts } from './hearing.ts';
import { showHome } from './home.ts';
import { errorsOf, valuesOf } from './modal.ts';
import { BlockActions, HomeOpened, MessageEdit, MessageShortcut, Reaction, SlashCommand, ViewSubmission } from './payloads.ts';
import { addToTimeline, declareFrom, hearEdit, hearReaction } from './pins.ts';
import { incidentOf } from './rooms.ts';
import { SENTENCES } from './sentences.ts';
import { openCommand } from './signed-command.ts';
import { wordsOf } from './words.ts';

/** Slack waits three seconds for what a form is answered with; a second of them is the network's. */
const FORM_ANSWER_MS = 2 * SECOND_MS;

/**
 * One listener a kind, as Bolt tries all of them in turn. What they hear is acknowledged already, except for forms, whose complaints
 * are the acknowledgement.
 */
export function listen(app: App, ports: InboundPorts): void {
  app.command(/.*/, async ({ body }) => hearCommand(ports, body));
  app.action(/.*/, async ({ body }) => hearButton(ports, body));
  app.shortcut(/.*/, async ({ body }) => hearShortcut(ports, body));
  app.view(/.*/, async ({ ack, body }) => hearView(ports, body, ack as FormAck));
  app.event('message', async ({ body }) => {
    const read = MessageEdit.safeParse(body);
    if (read.success) await hearEdit(ports, read.data);
  });
  app.event('app_home_opened', async ({ body }) => {
    const read = HomeOpened.safeParse(body);
    if (read.success) await showHome(ports, read.data.event.user, read.data.event_id);
  });
  app.event(/^reaction_(?:added|removed)$/, async ({ body }) => {
    const read = Reaction.safeParse(body);
    if (read.success) await hearReaction(ports, read.data);
  });
}

async function hearCommand(ports: InboundPorts, body: unknown): Promise<void> {
  const read = SlashCommand.safeParse(body);
  if (!read.success) return;
  const {
    user_id: user,
    user_name: userName,
    team_id: team,
    channel_id: channel,
    trigger_id: trigger,
    response_url: responseUrl,
  } = read.data;
  const words = await wordsOf(read.data.text, (id) => personOrId(ports, id));
  await hearWords(ports, { user, channel, responseUrl, trigger }, { userName, team: team ?? null }, words);
}

async function hearButton(ports: InboundPorts, body: unknown): Promise<void> {
  const read = BlockActions.safeParse(body);
  if (!read.success) return;
  const { user, channel, trigger_id: trigger, response_url: responseUrl, actions } = read.data;
  const asker = { user: user.id, channel: channel?.id ?? null, responseUrl: responseUrl ?? null, trigger };
  const words = openCommand(ports.buttonKey, actions[0]?.value ?? '');
  if (words === null) return tell(ports, asker, refusing(SENTENCES.forgedButton));
  await hearWords(ports, asker, { userName: user.username ?? user.name ?? user.id, team: user.team_id ?? null }, words);
  // What was pressed there is done: the page shows what is left.
  if (read.data.view?.type === 'home') await showHome(ports, user.id, `${trigger}-home`);
}

interface Sender {
  readonly userName: string;
  readonly team: string | null;
}

async function hearWords(ports: InboundPorts, asker: Asker & { readonly trigger: string }, sender: Sender, words: string): Promise<void> {
  const who = await whoIs(ports, asker, sender);
  await answer(ports, asker, await hear(ports, { ...who, key: `slack-${asker.trigger}`, said: { kind: 'words', words } }, asker.user));
}

/** Person, name and place of an asker. */
async function whoIs(ports: InboundPorts, { user, channel }: Asker, { userName, team }: Sender) {
  const person = await ports.directory.personOf({ id: user, team, name: userName });
  return { person, userName: userName === '' ? user : userName, incident: channel === null ? null : await incidentOf(ports, channel) };
}

async function personOrId({ directory }: InboundPorts, id: string): Promise<string> {
  return (await directory.personOf({ id, team: null, name: null })) ?? id;
}

async function hearShortcut(ports: InboundPorts, body: unknown): Promise<void> {
  const read = MessageShortcut.safeParse(body);
  if (!read.success) return;
  const { user, channel, trigger_id: trigger, response_url: responseUrl, callback_id: callback } = read.data;
  const asker = { user: user.id, channel: channel.id, responseUrl, trigger };
  const who = await whoIs(ports, asker, { userName: user.username ?? user.name ?? '', team: user.team_id ?? null });
  if (callback === 'declare') return declareFrom(ports, asker, who, read.data.message);
  if (callback === 'timeline') return addToTimeline(ports, asker, who, read.data.message);
  return tell(ports, asker, refusing(SENTENCES.unknownShortcut));
}

type FormAck = (
  answer?: { response_action: 'errors'; errors: Record<string, string> } | { response_action: 'update'; view: object },
) => Promise<void>;

async function hearView(ports: InboundPorts, body: unknown, ack: FormAck): Promise<void> {
  const read = ViewSubmission.safeParse(body);
  if (!read.success) return ack();
  const { user, view } = read.data;
  const claims = openForm(ports, view.private_metadata, user.id);
  const asker: Asker = { user: user.id, channel: claims?.channel || null, responseUrl: claims?.responseUrl || null, trigger: null };
  if (claims === null) {
    await ack();
    return tell(ports, asker, refusing(SENTENCES.forgedForm));
  }
  const { values, users } = valuesOf(view.state.values);
  const chosen = await peopleFor(ports, users);
  if (Object.keys(chosen.strangers).length > 0) return ack({ response_action: 'errors', errors: errorsOf(chosen.strangers) });
  const said = { kind: 'form', command: claims.command, values: { ...values, ...chosen.values } } as const;
  const who = await whoIs(ports, asker, { userName: user.username ?? user.name ?? '', team: user.team_id ?? null });
  // Slack keeps the hash of a view that was complained about, so what was filled in belongs to the key.
  const key = `slack-${view.id}-${view.hash}-${sha256Hex(JSON.stringify(said))}`;
  const reply = hear(ports, { ...who, key, said }, asker.user);
  const inTime = await withinMs(ports, reply, FORM_ANSWER_MS);
  if (inTime !== null && (await complain(ports, asker, inTime, ack))) return;
  if (inTime === null) await ack();
  await tell(ports, asker, await reply);
}

/** True when the form stays open: with complaints at its fields, or asking for something else. */
async function complain(ports: InboundPorts, asker: Asker, { form, fields, document }: Reply, ack: FormAck): Promise<boolean> {
  if (form === undefined) {
    await ack();
    return false;
  }
  const names = new Set(form.fields.map(({ name }) => name));
  const atFields = Object.entries(fields ?? {}).filter(([name]) => names.has(name));
  if (atFields.length > 0) await ack({ response_action: 'errors', errors: errorsOf(Object.fromEntries(atFields)) });
  else await ack({ response_action: 'update', view: await formView(ports, asker, form, document) });
  return true;
}

async function peopleFor({ directory }: InboundPorts, users: Readonly<Record<string, string>>) {
  const values: Record<string, string> = {};
  const strangers: Record<string, string> = {};
  for (const [field, user] of Object.entries(users)) {
    const person = await directory.personOf({ id: user, team: null, name: null });
    if (person === null)
      strangers[field] = directory.isUnclear(user) ? SENTENCES.whoIsThat : `${await directory.nameOf(user)} ${SENTENCES.unknownUser}`;
    else values[field] = `@${person}`;
  }
  return { values, strangers };
}

/** The value, or null when it takes longer than this. */
async function withinMs<Value>({ clock }: InboundPorts, value: Promise<Value>, waitMs: number): Promise<Value | null> {
  let cancel: () => void = () => undefined;
  const late = new Promise<null>((resolve) => {
    cancel = clock.alarm(clock.now() + waitMs, () => resolve(null));
  });
  return Promise.race([value, late]).finally(cancel);
}
