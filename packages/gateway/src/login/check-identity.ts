import { gatewayDefaults, MAX_NAME_LENGTH } from "../defaults.js";
import { GatewayError } from "../gateway-error.js";
import type { Identity } from "./authenticate.js";

/** In 1973: a smaller number is a time in seconds, as in a JWT. */
const MIN_TIME_MS = 100_000_000_000;

/** An identity with its defaults. A wrong one is a bug of `authenticate`. @throws `IM_ERR_GATEWAY_ARGUMENT` */
export function checkIdentity(identity: Identity<unknown>) {
  const { account, device = gatewayDefaults.device, app = "", data, expiresAtMs } = identity;
  checkName("account", account);
  checkName("device", device);
  if (app !== "") checkName("app", app);
  if (expiresAtMs !== undefined) checkTime("expiresAtMs", expiresAtMs);
  return { account, device, app, data, expiresAtMs };
}

/** Any text of the allowed length that UTF-8 can encode. */
function checkName(what: string, name: unknown): void {
  if (typeof name === "string" && name !== "" && name.length <= MAX_NAME_LENGTH && isUnicode(name)) return;
  const rule = `the ${what} that authenticate gives must be Unicode text of 1 to ${MAX_NAME_LENGTH} units`;
  throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", typeof name === "string" ? rule : `${rule}, not ${typeof name}`);
}

function checkTime(what: string, timeMs: unknown): void {
  if (typeof timeMs === "number" && timeMs >= MIN_TIME_MS) return;
  const rule = `the ${what} that authenticate gives must be a time in milliseconds since 1970, such as 1000 * exp of a JWT`;
  throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", `${rule}, not ${String(timeMs)}`);
}

function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
