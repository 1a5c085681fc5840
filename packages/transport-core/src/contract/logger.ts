type Log = (details: object, message: string) => unknown;

/** Where a server writes what it does: the shape of a pino logger, so one can be given as it is. */
export interface Logger {
  readonly trace: Log;
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
  readonly fatal: Log;
}
