import { TransportError } from "../errors.js";

/**
 * Runs checks of options for a package with errors of its own: an `IM_ERR_INVALID_OPTION` becomes an error of that package.
 *
 * @param refused makes it from the text
 */
export function checkOptionsAs<T>(refused: (message: string) => Error, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof TransportError && error.code === "IM_ERR_INVALID_OPTION") throw refused(error.message);
    throw error;
  }
}

export function invalidOption(name: string, rule: string, given: unknown): TransportError {
  return new TransportError("IM_ERR_INVALID_OPTION", `${name} must be ${rule}, not ${describe(given)}`);
}

function describe(value: unknown): string {
  return typeof value === "function" || (typeof value === "object" && value !== null) ? typeof value : String(value);
}

/** A wait in milliseconds: above 0; `Infinity` means for ever. @throws `IM_ERR_INVALID_OPTION` */
export function checkWait(name: string, given: number): number {
  if (typeof given === "number" && given > 0) return given;
  throw invalidOption(name, "a number of milliseconds above 0", given);
}

/** A limit: a whole number above 0. @throws `IM_ERR_INVALID_OPTION` */
export function checkLimit(name: string, given: number): number {
  if (Number.isSafeInteger(given) && given > 0) return given;
  throw invalidOption(name, "a whole number above 0", given);
}

/** How many per second: a number above 0; `Infinity` means all at once. @throws `IM_ERR_INVALID_OPTION` */
export function checkRate(name: string, given: number): number {
  if (typeof given === "number" && given > 0) return given;
  throw invalidOption(name, "a number per second above 0", given);
}

/** @throws `IM_ERR_INVALID_OPTION` */
export function checkFlag(name: string, given: boolean): boolean {
  if (typeof given === "boolean") return given;
  throw invalidOption(name, "true or false", given);
}

/** A number of things: a whole number above 0, or `Infinity` for any number. @throws `IM_ERR_INVALID_OPTION` */
export function checkCount(name: string, given: number): number {
  if (given === Number.POSITIVE_INFINITY || (Number.isSafeInteger(given) && given > 0)) return given;
  throw invalidOption(name, "a whole number above 0, or Infinity", given);
}

/** An option that no version knows is most often a misspelt one. @throws `IM_ERR_INVALID_OPTION` */
export function rejectUnknownOptions(given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TransportError("IM_ERR_INVALID_OPTION", `there is no option ${unknown}; there are ${known.join(", ")}`);
}

/** A wait or a limit, by its unit: a name in `…Ms` is a wait. @throws `IM_ERR_INVALID_OPTION` */
export function checkNumber(name: string, given: number): number {
  return name.endsWith("Ms") ? checkWait(name, given) : checkLimit(name, given);
}

/** @throws `IM_ERR_INVALID_OPTION` if something is given that lacks one of the methods */
export function checkHasMethods(name: string, given: object | undefined, methods: readonly string[]): void {
  if (given === undefined) return;
  const missing = methods.find((method) => typeof (given as Record<string, unknown> | null)?.[method] !== "function");
  if (missing) throw invalidOption(name, `an object with a method ${missing}`, given);
}
