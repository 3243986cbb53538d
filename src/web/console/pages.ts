import type { Templates } from '../../kit/templates.ts';
import type { IncidentView } from '../../readings/incident-view.ts';
import type { Change, Topic } from './live.ts';
import { MESSAGES_SHOWN, MESSAGES_SHOWN_MAX, messagesModel } from './messages-model.ts';
import type { ConsoleOptions } from './options.ts';
import { incidentsModel, myPagesModel, myRolesModel, onCallModel } from './overview-model.ts';
import { pagesModel, rolesModel, situationModel, timelineModel } from './room-model.ts';
import { runModel } from './run-model.ts';
import { switchModel } from './switch-model.ts';
import type { Viewer } from './viewer.ts';
import { weekModel } from './week-model.ts';

/** A page of the console: pieces that are drawn one by one, so that each can be drawn anew alone. */
export interface Page {
  /** Name of its template in `templates/console`. */
  readonly template: string;
  readonly title: string;
  /** The incident it is the room of, or null. */
  readonly incident: number | null;
  /** Name → HTML. Drawn only when asked for. */
  readonly pieces: Readonly<Record<string, () => Promise<string>>>;
}
/** Which pieces of a page a change makes stale. */
export type Stale = (change: Change) => readonly string[];

const OPEN_MAX = 50;
const LATEST_MAX = 8;
const PAGES_MAX = 200;
/** Lines of the timeline at first, and all a page can hold and still scroll; the postmortem has every one. */
const LINES_SHOWN = 300;
const LINES_SHOWN_MAX = 5_000;
const INBOX_MAX = 50;

/** How much of a long room. */
interface More {
  readonly all: boolean;
}
interface PagePorts extends Pick<ConsoleOptions, 'readings' | 'chat'> {
  readonly templates: Templates;
}

export interface Pages {
  overview(viewer: Viewer): Page;
  /** Null when there is no such incident. */
  room(incident: number, viewer: Viewer, more: More): Promise<Page | null>;
  switches(viewer: Viewer): Page;
  onCall(viewer: Viewer): Page;
  me(viewer: Viewer): Page;
}

export function createPages({ readings, chat, templates }: PagePorts): Pages {
  const draw = (name: string, model: object): string => templates.render(name, model);
  const open = () => readings.incidents({ open: true, limit: OPEN_MAX });
  const board = async (viewer: Viewer): Promise<string> =>
    draw('switch-board', { switches: (await readings.switches()).map((row) => switchModel(row, viewer)) });
  const myPages = async (viewer: Viewer): Promise<string> =>
    draw('my-pages', myPagesModel(await readings.openPages(PAGES_MAX), await open(), viewer));
  const onCallNow = async (viewer: Viewer): Promise<string> => draw('on-call-now', onCallModel(await readings.onCall(viewer.now), viewer));

  return {
    overview: (viewer) => ({
      template: 'overview',
      title: 'Overview',
      incident: null,
      pieces: {
        'my-pages': () => myPages(viewer),
        incidents: async () => {
          const [going, latest, pages] = await Promise.all([
            open(),
            readings.incidents({ open: false, limit: LATEST_MAX }),
            readings.openPages(PAGES_MAX),
          ]);
          return draw('incidents', incidentsModel(going, latest, pages, viewer));
        },
        'on-call-now': () => onCallNow(viewer),
        'switch-board': () => board(viewer),
      },
    }),
    async room(incident, viewer, more) {
      const view = await readings.incident(incident);
      return view === null ? null : roomPage({ readings, chat, templates }, view, viewer, more);
    },
    switches: (viewer) => ({ template: 'switches', title: 'Switches', incident: null, pieces: { 'switch-board': () => board(viewer) } }),
    onCall: (viewer) => ({
      template: 'on-call',
      title: 'On call',
      incident: null,
      pieces: {
        'on-call-now': () => onCallNow(viewer),
        'on-call-week': async () => draw('on-call-week', await weekModel((at) => readings.onCall(at), viewer)),
      },
    }),
    me: (viewer) => ({
      template: 'me',
      title: viewer.person.name,
      incident: null,
      pieces: {
        'my-pages': () => myPages(viewer),
        'my-roles': async () => draw('my-roles', myRolesModel(await open(), viewer)),
        inbox: async () =>
          draw('inbox', { messages: messagesModel(await chat.inbox(viewer.person.id, INBOX_MAX), [], viewer).toReversed() }),
      },
    }),
  };
}

function roomPage({ readings, chat, templates }: PagePorts, view: IncidentView, viewer: Viewer, { all }: More): Page {
  const { number, pins, title } = view.incident;
  const draw = (name: string, model: object): string => templates.render(name, model);
  const concerned = async () => {
    const ids = new Set(view.switches.map(({ id }) => id));
    return (await readings.switches()).filter(({ id }) => ids.has(id));
  };
  const limit = all ? MESSAGES_SHOWN_MAX : MESSAGES_SHOWN;
  return {
    template: 'room',
    title: `inc-${number} ${title}`,
    incident: number,
    pieces: {
      situation: async () => {
        const card = await chat.card(number);
        return draw('situation', situationModel(view, await concerned(), card?.card ?? null, viewer));
      },
      runbook: async () => draw('runbook', runModel(view, viewer)),
      messages: async () => {
        const messages = await chat.messages(number, limit);
        return draw('messages', {
          messages: messagesModel(messages, pins, viewer),
          hasEarlier: messages.length === limit && !all,
          number,
        });
      },
      roles: async () => draw('roles', rolesModel(view, viewer)),
      pages: async () => draw('pages', pagesModel(view, viewer)),
      switches: async () => draw('switch-board', { switches: (await concerned()).map((row) => switchModel(row, viewer)) }),
      timeline: async () =>
        draw('timeline', timelineModel(view.incident, await readings.timeline(number), all ? LINES_SHOWN_MAX : LINES_SHOWN, viewer)),
    },
  };
}

type Pieces = Readonly<Partial<Record<Topic, readonly string[]>>>;
/** What each kind of change makes stale on a page that is no room. */
const PAGE_PIECES: Readonly<Record<string, Pieces>> = {
  overview: {
    incident: ['incidents', 'my-pages'],
    page: ['incidents', 'my-pages'],
    switch: ['switch-board'],
    schedule: ['on-call-now'],
    everything: ['incidents', 'my-pages', 'switch-board', 'on-call-now'],
  },
  switches: { switch: ['switch-board'], everything: ['switch-board'] },
  'on-call': { schedule: ['on-call-now', 'on-call-week'], everything: ['on-call-now', 'on-call-week'] },
  me: { incident: ['my-roles', 'my-pages'], page: ['my-pages'], inbox: ['inbox'], everything: ['my-roles', 'my-pages', 'inbox'] },
};
const ROOM_PIECES: Pieces = {
  incident: ['situation', 'roles', 'pages', 'messages', 'timeline', 'runbook', 'switches'],
  page: ['situation', 'pages', 'timeline'],
  run: ['situation', 'runbook', 'timeline'],
  switch: ['situation', 'switches', 'timeline'],
  followup: ['situation', 'timeline'],
  messages: ['messages'],
  card: ['situation'],
  everything: ['situation', 'roles', 'pages', 'messages', 'timeline', 'runbook', 'switches'],
};

/** What an open page wants to hear of. `page` is a template's name; unknown ones hear nothing. */
export function staleness(page: string, incident: number | null, person: string): Stale {
  if (incident !== null) {
    // Switches concern every room that shows them, whichever incident they are flipped for.
    return (change) =>
      change.incident === null || change.incident === incident || change.topic === 'switch' ? (ROOM_PIECES[change.topic] ?? []) : [];
  }
  const pieces = Object.hasOwn(PAGE_PIECES, page) ? (PAGE_PIECES[page] ?? {}) : {};
  return (change) => (change.person === null || change.person === person ? (pieces[change.topic] ?? []) : []);
}
