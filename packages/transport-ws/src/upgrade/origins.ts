import { invalidOption } from "@im/transport-core/authoring";

/**
 * The option `origins`, as a list: each as browsers write it (RFC 6454 §6.2), in any case.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function checkOrigins(origins: readonly unknown[]): void {
  const wrong = origins.findIndex((origin) => typeof origin !== "string" || !isOrigin(origin.toLowerCase()));
  if (wrong < 0) return;
  const rule = "an origin such as https://chat.example, without a path, a slash at its end and the scheme's own port";
  throw invalidOption(`origins[${wrong}]`, rule, origins[wrong]);
}

function isOrigin(text: string): boolean {
  if (text === "null") return true;
  // No page came by ws:, and no origin stands for several.
  if (!URL.canParse(text) || /^wss?:|\*/.test(text)) return false;
  const { origin } = new URL(text);
  // Of schemes that it does not know, such as those of applications and extensions, a URL does not tell the origin.
  return origin === "null" ? /^[a-z][a-z\d+.-]*:\/\/[^/?#@\\]*$/.test(text) : origin === text;
}
