import { hmacSha256Hex, sameSecret } from '../../kit/hashing.ts';
import { CUSTOM_ID_CHARS_MAX } from './limits.ts';

/** 96 bits: nobody guesses it, and of a hundred characters most are left for the command. */
const MAC_CHARS = 16;
const HEX_DIGITS = 24;
const PREFIX = 'c';

const BASE = 36;

/**
 * What a button carries: the command line it types, signed so that a changed or invented one is refused; null when it is too long. `index`
 * tells buttons of a message apart that type the same.
 */
export function signCommand(key: Uint8Array, command: string, index: number): string | null {
  const id = `${PREFIX}${(index % BASE).toString(BASE)}${macOf(key, command)}.${command}`;
  return id.length > CUSTOM_ID_CHARS_MAX ? null : id;
}

/** The command line of an id this key signed, else null. */
export function openCommand(key: Uint8Array, id: string): string | null {
  const [start, end] = [PREFIX.length + 1, PREFIX.length + 1 + MAC_CHARS + 1];
  const command = id.slice(end);
  return id.startsWith(PREFIX) && sameSecret(id.slice(start, end), `${macOf(key, command)}.`) ? command : null;
}

function macOf(key: Uint8Array, command: string): string {
  return Buffer.from(hmacSha256Hex(key, command).slice(0, HEX_DIGITS), 'hex').toString('base64url');
}
