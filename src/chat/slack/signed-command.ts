import { hmacSha256Hex, sameSecret } from '../../kit/hashing.ts';
import { BUTTON_VALUE_CHARS_MAX } from './limits.ts';

/** 128 bits: nobody guesses it, and more room is left for the command. */
const MAC_DIGITS = 32;

/** What a button carries: the command line it types, signed so that a changed or invented one is refused; null when it is too long. */
export function signCommand(key: Uint8Array, command: string): string | null {
  const value = `${macOf(key, command)}.${command}`;
  return value.length > BUTTON_VALUE_CHARS_MAX ? null : value;
}

/** The command line of a value this key signed, else null. */
export function openCommand(key: Uint8Array, value: string): string | null {
  const command = value.slice(MAC_DIGITS + 1);
  return sameSecret(value.slice(0, MAC_DIGITS + 1), `${macOf(key, command)}.`) ? command : null;
}

function macOf(key: Uint8Array, command: string): string {
  return hmacSha256Hex(key, command).slice(0, MAC_DIGITS);
}
