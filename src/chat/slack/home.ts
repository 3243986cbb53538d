import { blockKit } from './block-kit.ts';
import { peopleIn } from './directory.ts';
import { hear, type InboundPorts } from './hearing.ts';
import { MODAL_BLOCKS_MAX } from './limits.ts';

/** The tab "Home" of the app, for one user: what rings for them, what they hold, what is going on. */
export async function showHome(ports: InboundPorts, user: string, key: string): Promise<void> {
  const { directory, buttonKey, api } = ports;
  const person = await directory.personOf({ id: user, team: null, name: null });
  const userName = person === null ? await directory.nameOf(user) : person;
  const { document } = await hear(ports, { key: `slack-${key}`, person, userName, incident: null, said: { kind: 'home' } }, user);
  await directory.learn(peopleIn(document));
  const blocks = blockKit(document, { people: directory, buttonKey }).flatMap((message) => message.blocks);
  // Nobody waits for it: what Slack does not take is shown when the tab is opened again.
  await api.call('views.publish', { user_id: user, view: { type: 'home', blocks: blocks.slice(0, MODAL_BLOCKS_MAX) } });
}
