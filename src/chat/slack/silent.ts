import { type Logger, LogLevel } from '@slack/bolt';

const nothing = (): void => undefined;

/** The SDK logs whole payloads, with what people wrote; what matters comes to us as a verdict or an error. */
export const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};
