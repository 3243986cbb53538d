/** For what comes at once on a quiet machine; on a busy one each step may wait seconds for its turn. */
export const SOON = { timeout: 10_000, interval: 20 } as const;
