import type { Recorded } from '../kernel.ts';
import type { FollowupEvent, RecordedFollowup } from './events.ts';
import type { FollowupKind, RemarkKind } from './shapes.ts';

export interface FollowupItem {
  readonly item: number;
  readonly text: string;
  readonly owner: string | null;
  readonly dueAt: number | null;
  readonly kind: FollowupKind;
  readonly addedBy: string;
  readonly doneAt: number | null;
}
export interface Remark {
  readonly kind: RemarkKind;
  readonly text: string;
  readonly by: string;
  readonly at: number;
}
export interface Publication {
  readonly url: string | null;
  readonly branch: string;
  readonly path: string;
  readonly commit: string;
  readonly forge: string;
  readonly at: number;
}

/** What comes after one incident: action items, remarks for the postmortem, and where that was published. */
export interface FollowupState {
  readonly incident: number;
  readonly items: readonly FollowupItem[];
  readonly remarks: readonly Remark[];
  /** The latest one that worked. */
  readonly published: Publication | null;
  /** Why the latest attempt failed; null while none did since. */
  readonly failure: { readonly reason: string; readonly detail: string; readonly at: number } | null;
}

export function initialFollowups(stream: string): FollowupState {
  return { incident: Number(stream.slice(stream.indexOf('/') + 1)), items: [], remarks: [], published: null, failure: null };
}

/** The past never refuses: any event folds. */
export function evolveFollowups(state: FollowupState, event: Recorded<FollowupEvent>): FollowupState {
  switch (event.type) {
    case 'followup.added':
      return { ...state, items: [...state.items, itemOf(event)] };
    case 'followup.completed':
      return { ...state, items: state.items.map((item) => (item.item === event.data.item ? { ...item, doneAt: event.at } : item)) };
    case 'followup.remarked': {
      const { kind, text } = event.data;
      return { ...state, remarks: [...state.remarks, { kind, text, by: event.actor, at: event.at }] };
    }
    case 'followup.publish-requested':
      return state;
    case 'followup.published': {
      const { url, branch, path, commit, forge } = event.data;
      return { ...state, published: { url, branch, path, commit, forge, at: event.at }, failure: null };
    }
    case 'followup.publish-failed':
      return { ...state, failure: { reason: event.data.reason, detail: event.data.detail, at: event.at } };
  }
}

function itemOf({ data, actor }: RecordedFollowup<'followup.added'>): FollowupItem {
  const { item, text, owner, dueAt, kind } = data;
  return { item, text, owner, dueAt, kind, addedBy: actor, doneAt: null };
}
