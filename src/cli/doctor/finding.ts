/** What one look came to. `broken` means that Allclear cannot do its work; `warning` that something will be missed. */
export interface Finding {
  readonly subject: string;
  readonly level: 'good' | 'warning' | 'broken';
  /** One line, without secrets. */
  readonly sentence: string;
  /** What to do now; null when nothing. */
  readonly next: string | null;
}

export function good(subject: string, sentence: string): Finding {
  return { subject, level: 'good', sentence, next: null };
}
export function warning(subject: string, sentence: string, next: string): Finding {
  return { subject, level: 'warning', sentence, next };
}
export function broken(subject: string, sentence: string, next: string): Finding {
  return { subject, level: 'broken', sentence, next };
}

/** What a fault says in one line. */
export function sayFault(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : null;
  return code ?? fault.message;
}
