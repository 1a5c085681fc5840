import type { AbortOptions } from "@im/transport-core";
import { ClientError, refusedOption } from "../errors.js";
import { asError } from "./as-error.js";
import { checkAddresses, type FindAddresses } from "./im-client-options.js";
import type { TokenContext, TokenSource } from "./sign-in.js";

/** @throws `IM_ERR_SIGN_IN_FAILED` if the function fails, or gives no addresses */
export function findAddresses(
  addresses: readonly string[] | FindAddresses,
  context: AbortOptions,
): Promise<readonly string[]> {
  return ask("addresses", async () =>
    typeof addresses === "function" ? checkAddresses("its result", await addresses(context)) : addresses,
  );
}

/** @throws `IM_ERR_SIGN_IN_FAILED` if the function fails, `IM_ERR_INVALID_OPTION` if it gives no string */
export async function findToken(token: TokenSource, context: TokenContext): Promise<string> {
  const given: unknown = await ask("token", () => (typeof token === "function" ? token(context) : token));
  if (typeof given === "string") return given;
  throw refusedOption("the result of the token function", "a string", given);
}

/** What a function of the application throws has its own code and members, which say nothing about the connection. */
async function ask<T>(name: string, call: () => T): Promise<Awaited<T>> {
  try {
    return await call();
  } catch (cause) {
    throw new ClientError("IM_ERR_SIGN_IN_FAILED", `the ${name} function failed: ${asError(cause).message}`, { cause });
  }
}
