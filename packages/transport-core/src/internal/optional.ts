/** Options that may be left out, or be given as undefined (`exactOptionalPropertyTypes`). */
export type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** The same options when each has its default. */
export type Resolved<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };
