import { invalidOption } from "@im/transport-core/internal";

/**
 * Checks the option `origins` as a list: each as browsers send it (RFC 6454 §6.2), in upper or lower case.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function checkOrigins(origins: readonly unknown[]): void {
  const wrong = origins.findIndex((origin) => typeof origin !== "string" || !isOrigin(origin.toLowerCase()));
  if (wrong < 0) return;
  const rule = "an origin such as https://chat.example, without path, final slash and default port";
  throw invalidOption(`origins[${wrong}]`, rule, origins[wrong]);
}

function isOrigin(text: string): boolean {
  if (text === "null") return true;
  // No page is loaded by ws:, and an origin has no wildcards.
  if (!URL.canParse(text) || /^wss?:|\*/.test(text)) return false;
  const { origin } = new URL(text);
  // For unknown schemes, such as those of applications and extensions, the origin of a URL is "null".
  return origin === "null" ? /^[a-z][a-z\d+.-]*:\/\/[^/?#@\\]*$/.test(text) : origin === text;
}
