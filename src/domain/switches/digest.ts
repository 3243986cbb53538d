import { canonicalJson } from '../../kit/canonical-json.ts';
import { sha256Hex } from '../../kit/hashing.ts';

/** Everything an approver says yes to, and the number of flips there had been when it was asked. */
export interface ExactAction {
  readonly switch: string;
  readonly request: string;
  readonly requestedBy: string;
  readonly to: number;
  readonly ttlMs: number | null;
  readonly reason: string;
  readonly incident: number | null;
  readonly rehearsal: boolean;
  readonly version: number;
}

/** SHA-256 over the canonical JSON (RFC 8785) of the action: any other wish, or the same one on another state, differs. */
export function digestOf(action: ExactAction): string {
  const { switch: id, request, requestedBy, to, ttlMs, reason, incident, rehearsal, version } = action;
  return sha256Hex(canonicalJson({ switch: id, request, requestedBy, to, ttlMs, reason, incident, rehearsal, version }));
}
