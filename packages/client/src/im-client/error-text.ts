import type { LogicPkt } from "@im/wire";
import { decodeErrorResp } from "@im/wire/codec";

/** What a response that failed says, if it says something. */
export function errorText({ body }: LogicPkt): string {
  try {
    return decodeErrorResp(body).message;
  } catch {
    return "";
  }
}
