import { checkLimit, invalidOption, rejectUnknownOptions } from "@im/transport-core/internal";

/** The parts of `perMessageDeflate`, under the names that `ws` has for them. */
export interface PerMessageDeflateOptions {
  /** The server forgets each message that it has compressed, so that no connection holds a compressor. @default true */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** The client does so, and no connection of the server holds a decompressor. @default true */
  readonly clientNoContextTakeover?: boolean | undefined;
  /** The base-2 logarithm of the server's window, 8 to 15. @default 15 */
  readonly serverMaxWindowBits?: number | undefined;
  /** That of the client's window. A server declines clients that cannot limit it, if it is below 15. @default 15 */
  readonly clientMaxWindowBits?: number | undefined;
  /** Messages of fewer bytes are sent as they are. @default 1024 */
  readonly threshold?: number | undefined;
  /** How hard zlib tries, -1 to 9. @default -1: zlib's default, 6 */
  readonly level?: number | undefined;
  /** How much memory a compressor takes, 1 to 9. @default 8: 256 KiB with a window of 15 bits */
  readonly memLevel?: number | undefined;
  /** Calls of zlib at the same time; the others wait for their turn. @default 10 */
  readonly concurrencyLimit?: number | undefined;
}

export type DeflateSettings = {
  readonly [Name in keyof PerMessageDeflateOptions]-?: Exclude<PerMessageDeflateOptions[Name], undefined>;
};

export const MAX_WINDOW_BITS = 15;

const defaults: DeflateSettings = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: MAX_WINDOW_BITS,
  clientMaxWindowBits: MAX_WINDOW_BITS,
  threshold: 1024,
  level: -1,
  memLevel: 8,
  concurrencyLimit: 10,
};

/** A checked copy with defaults; undefined if compression is off. @throws `IM_ERR_INVALID_OPTION` */
export function resolveDeflate(given: boolean | PerMessageDeflateOptions | undefined): DeflateSettings | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return defaults;
  if (typeof given !== "object" || given === null) {
    throw invalidOption("perMessageDeflate", "true, false or an object of options", given);
  }
  rejectUnknownOptions(given, Object.keys(defaults));
  return {
    serverNoContextTakeover: flag("serverNoContextTakeover", given),
    clientNoContextTakeover: flag("clientNoContextTakeover", given),
    serverMaxWindowBits: within("serverMaxWindowBits", given, 8, MAX_WINDOW_BITS),
    clientMaxWindowBits: within("clientMaxWindowBits", given, 8, MAX_WINDOW_BITS),
    threshold: within("threshold", given, 0, Number.MAX_SAFE_INTEGER),
    level: within("level", given, -1, 9),
    memLevel: within("memLevel", given, 1, 9),
    concurrencyLimit: checkLimit(
      "perMessageDeflate.concurrencyLimit",
      given.concurrencyLimit ?? defaults.concurrencyLimit,
    ),
  };
}

type NameOf<T> = {
  [Name in keyof DeflateSettings]: DeflateSettings[Name] extends T ? Name : never;
}[keyof DeflateSettings];

function flag(name: NameOf<boolean>, given: PerMessageDeflateOptions): boolean {
  const value = given[name] ?? defaults[name];
  if (typeof value === "boolean") return value;
  throw invalidOption(`perMessageDeflate.${name}`, "true or false", value);
}

function within(name: NameOf<number>, given: PerMessageDeflateOptions, min: number, max: number): number {
  const value = given[name] ?? defaults[name];
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidOption(`perMessageDeflate.${name}`, `a whole number from ${min} to ${max}`, value);
}
