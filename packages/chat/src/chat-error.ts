import { CodedError, checkOptionsAs, nameError } from "@im/transport-core/internal";

/** Every code of {@link ChatError}; docs/chat.md says for each what happened and what to do. */
export const chatErrorCodes = [
  "IM_ERR_INVALID_OPTION",
  "IM_ERR_STORE_CLOSED",
  "IM_ERR_STORE_DAMAGED",
  "IM_ERR_STORE_FORMAT",
  "IM_ERR_STORE_IN_USE",
  "IM_ERR_STORE_IO",
] as const;
export type ChatErrorCode = (typeof chatErrorCodes)[number];

/** An error of the chat or of its store. Match on `code`; messages are for people and may change. */
export class ChatError extends CodedError<ChatErrorCode> {}
nameError(ChatError, "ChatError");

/** Runs checks of options that the packages share. @throws a ChatError `IM_ERR_INVALID_OPTION` */
export function checkingOptions<T>(check: () => T): T {
  return checkOptionsAs((message) => new ChatError("IM_ERR_INVALID_OPTION", message), check);
}
