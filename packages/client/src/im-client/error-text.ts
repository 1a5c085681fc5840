import { decodeErrorResp, type LogicPkt } from "@im/wire";

/** What a response that failed says, if it says something. */
export function errorText({ body }: LogicPkt): string {
  try {
    return decodeErrorResp(body).message;
  } catch {
    return "";
  }
}
