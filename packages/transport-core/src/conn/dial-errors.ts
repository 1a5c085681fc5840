import { TransportError } from "../errors.js";

/** An address as people and logs may see it: without user and password, and without what stands in query and hash. */
export function shownAddress(address: string): string {
  const { scheme, authority, path, rest } = partsOf(address);
  return scheme + authority.slice(authority.lastIndexOf("@") + 1) + path + (rest && `${rest[0]}…`);
}

/** @param why what is wrong with it, and what to write instead */
export function invalidAddress(address: string, why: string): TransportError {
  const { scheme, path, rest } = partsOf(address);
  // In a text that is no address, the end of a password is not known.
  const shown = `${path}${rest}`.includes("@") ? `${scheme}…` : shownAddress(address);
  return new TransportError("IM_ERR_INVALID_ADDRESS", `${JSON.stringify(shown)} ${why}`);
}

function partsOf(address: string) {
  const parts = /^([a-z][a-z\d+.-]*:\/\/)?([^/\\?#]*)([^?#]*)(.*)$/is.exec(address);
  const [, scheme = "", authority = "", path = "", rest = ""] = parts!;
  return { scheme, authority, path, rest };
}

/** Why the system did not connect. It tries all addresses of a name, and reports each failure. */
export function reasonOf(cause: Error & { readonly errors?: readonly Error[]; readonly code?: string }): string {
  const reasons = new Set(cause.errors?.map(reasonOf));
  return [...reasons].join("; ") || cause.message || cause.code || cause.name;
}
