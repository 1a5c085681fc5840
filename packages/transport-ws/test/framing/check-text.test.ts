import { OpCode } from "@im/transport-core";
import { expect, it } from "vitest";
import { dial, loggedIn, start } from "../support/raw-ws.js";

it("a Text that is no UTF-8 is refused where it is written, and the connection goes on (RFC 6455 §8.1)", async () => {
  const watched = await start();
  const peer = await loggedIn(watched);
  const conn = await dial(watched);
  const [channel] = watched.admitted.all;
  const noText = Uint8Array.of(0xc3, 0x28);
  const refused = expect.objectContaining({ code: "IM_ERR_INVALID_FRAME" });
  expect(() => channel!.push(noText, OpCode.Text)).toThrow(refused);
  expect(() => watched.server.broadcast(noText, OpCode.Text)).toThrow(refused);
  expect(() => conn.writeFrame(OpCode.Text, noText)).toThrow(refused);
  channel!.push(noText);
  channel!.push(Buffer.from("größer 漢字"), OpCode.Text);
  expect((await peer.frame()).payload).toEqual(Buffer.from(noText));
  expect((await peer.frame()).payload.toString()).toBe("größer 漢字");
  conn.destroy();
});
