import { invalidOption } from "@im/transport-core/internal";

/** A checked copy of the subprotocols: tokens (RFC 6455 §4.1, RFC 9110 §5.6.2), each once. @throws `IM_ERR_INVALID_OPTION` */
export function checkProtocols(options: { readonly protocols?: readonly string[] | undefined }): string[] {
  const given = options.protocols ?? [];
  const isFirst = (name: unknown, at: number) =>
    typeof name === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && given.indexOf(name) === at;
  if (Array.isArray(given) && given.every(isFirst)) return [...given];
  throw invalidOption("protocols", "an array of different tokens", JSON.stringify(given));
}
