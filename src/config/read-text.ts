import { open } from 'node:fs/promises';

/** A text, or one sentence why there is none. */
export type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly sentence: string };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EISDIR: 'This is a directory, not a file.',
  EACCES: 'This file may not be read by the user Allclear runs as.',
};

/** Reads a UTF-8 file of at most `bytesMax` bytes, never more. */
export async function readText(file: string, bytesMax: number): Promise<ReadText> {
  try {
    await using handle = await open(file, 'r');
    const buffer = Buffer.alloc(bytesMax + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > bytesMax) return { ok: false, sentence: `The file is larger than ${bytesMax / 1024} KB.` };
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, length)) };
  } catch (error) {
    // Whatever goes wrong with the file is the operator's to mend, and is told like any other problem of the configuration.
    return { ok: false, sentence: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'The file is not UTF-8 text.';
  return REASONS[code] ?? `The file cannot be read (${code}).`;
}
