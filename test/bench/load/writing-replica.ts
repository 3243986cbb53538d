// A replica in a process of its own. Told how many notes to write, it writes them into its own incident and says when all are durable.
import { systemClock } from '../../../src/kit/clock.ts';
import { createNewsHub } from '../../../src/kit/news.ts';
import { openPostgresStore } from '../../../src/store/postgres.ts';
import { rate } from '../measure.ts';
import { note, openDoor } from './notes.ts';
import type { Writing } from './writing-replicas.ts';

const [url = '', incident = ''] = process.argv.slice(2);
const replica = `writer ${incident}`;
const { store, listen } = await openPostgresStore(url, { broken: () => undefined, replica });
const endListening = listen(createNewsHub(replica), systemClock);
const door = openDoor(store);
process.on('message', ({ round, notes, writers }: Writing) => {
  void rate(notes, writers, (index) => note(door, `${incident} ${round} ${index}`, Number(incident))).then(() => process.send?.('written'));
});
process.once('disconnect', () => void endListening().then(() => store.close()));
process.send?.('open');
