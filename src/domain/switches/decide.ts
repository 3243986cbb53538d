import type { Context, Decision } from '../kernel.ts';
import type { SwitchAct } from './acts.ts';
import { decideBreakGlass, decideReview, decideReviewDue } from './decide-break-glass.ts';
import { decideExpire, decideExtend, decideWarn } from './decide-expiry.ts';
import { decideApprove, decideDecline, decideLapse, decideRequest, decideRevert } from './decide-request.ts';
import type { SwitchEvent } from './events.ts';
import type { SwitchState } from './state.ts';

export function decideSwitch(state: SwitchState, act: SwitchAct, context: Context): Decision<SwitchEvent> {
  switch (act.type) {
    case 'switch.request':
      return decideRequest(state, act, context);
    case 'switch.approve':
      return decideApprove(state, act, context);
    case 'switch.decline':
      return decideDecline(state, act, context);
    case 'switch.break-glass':
      return decideBreakGlass(state, act, context);
    case 'switch.review':
      return decideReview(state, act, context);
    case 'switch.revert':
      return decideRevert(state, act, context);
    case 'switch.extend':
      return decideExtend(state, act, context);
    case 'switch.lapse':
      return decideLapse(state, act);
    case 'switch.warn':
      return decideWarn(state, act);
    case 'switch.expire':
      return decideExpire(state, act, context);
    case 'switch.review-due':
      return decideReviewDue(state, act, context);
  }
}
