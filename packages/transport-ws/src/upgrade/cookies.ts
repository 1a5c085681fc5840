/** The cookies of a Cookie header by name (RFC 6265 §4.2.1). Of several with one name the first counts, as in §5.4. */
export function parseCookies(header = ""): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim();
    if (!cookies.has(name)) cookies.set(name, cookieValue(pair.slice(equals + 1).trim()));
  }
  return cookies;
}

/** Frameworks percent-encode the values that they set, and some quote them. */
function cookieValue(text: string): string {
  const value = /^"(.*)"$/.exec(text)?.[1] ?? text;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
