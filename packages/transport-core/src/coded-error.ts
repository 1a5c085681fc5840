/** On the prototype of each class that {@link nameError} has named: its name. */
const brand = Symbol.for("@im/error");

/**
 * The base of the errors of all packages. `instanceof` of a named class also holds between the ESM and the CommonJS copy
 * of its package, and between realms.
 */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass of a user inherits this without a name of its own.
    const { prototype } = this as { readonly prototype: { readonly [brand]?: string } };
    if (!Object.hasOwn(prototype, brand)) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && (value as typeof prototype)[brand] === prototype[brand];
  }
}

/** Sets the name of a class of errors, since bundlers rename classes. */
export function nameError({ prototype }: { readonly prototype: object }, name: string): void {
  Object.defineProperty(prototype, "name", { value: name, configurable: true, writable: true });
  Object.defineProperty(prototype, brand, { value: name });
}
