import type { Clock } from '../kit/clock.ts';
import { HOUR_MS } from '../kit/duration.ts';
import { openToken, signToken } from '../kit/signing.ts';

export interface LinkPorts {
  /** Derived for links and used for nothing else: `deriveKey(secret, 'links')`. */
  readonly key: Uint8Array;
  /** How people reach Allclear, without a slash at the end; known only once the server listens. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
}
/** Whom a link woke, and for what. */
export interface AcknowledgeClaims {
  readonly page: string;
  readonly person: string;
  readonly notification: string;
}
export interface Links {
  /** The page where one person acknowledges. Whoever holds the address is taken for that person, so it goes to nobody else. */
  acknowledge(page: string, person: string, notification: string): string;
  /** The incident in the console. */
  incident(incident: number): string;
  /** Whom the token of an `acknowledge` address is for, or why it is good for nothing. */
  readAcknowledge(token: string): AcknowledgeClaims | 'expired' | 'forged';
}

/** Somebody may see it late; a page that is older has been answered otherwise. */
const ACKNOWLEDGE_MS = 24 * HOUR_MS;

/** Addresses that go out with pages. */
export function createLinks({ key, publicUrl, clock }: LinkPorts): Links {
  return {
    acknowledge: (page, person, notification) =>
      `${publicUrl()}/ack/${signToken(key, { page, person, notification }, clock.now() + ACKNOWLEDGE_MS)}`,
    incident: (incident) => `${publicUrl()}/incidents/${incident}`,
    readAcknowledge(token) {
      const claims = openToken(key, token, clock.now());
      if (typeof claims === 'string') return claims;
      const { page = '', person = '', notification = '' } = claims;
      return { page, person, notification };
    },
  };
}
