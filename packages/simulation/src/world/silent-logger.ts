const ignore = () => {};

/** A logger that a server may be given, to see whether it changes anything. */
export const silentLogger = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
};
