import {
  basicPing,
  commands,
  createLogicPkt,
  decodeErrorResp,
  decodeLoginResp,
  encodeLoginReq,
  marshal,
  Status,
} from "@im/wire";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

describe.each(["ws", "tcp"] as const)("a sign-in over %s", (transport) => {
  it("is answered with channelId and account, under the same sequence", async () => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    const response = await peer.signIn({ token: "alice" });
    expect(response).toMatchObject({ command: "login.signin", sequence: 1, flag: 1, status: Status.Success });
    const { account, channelId } = decodeLoginResp(response.body);
    expect(account).toBe("alice");
    expect(await started.gateway.presence.where("alice")).toMatchObject([{ channelId, device: "default" }]);
  });

  it.each([
    ["another command", commands.chatUserTalk, encodeLoginReq({ token: "alice" }), Status.InvalidCommand],
    ["a body that does not parse", commands.loginSignIn, Uint8Array.of(0xff), Status.InvalidPacketBody],
    ["a token that is refused", commands.loginSignIn, encodeLoginReq({ token: "refused" }), Status.Unauthorized],
    ["an empty account", commands.loginSignIn, encodeLoginReq({ token: "" }), Status.Unauthorized],
  ])("with %s is answered with its status, then closed", async (_, command, body, status) => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    const response = await peer.request({ command, body });
    expect(response.status).toBe(status);
    expect(decodeErrorResp(response.body).message).not.toBe("");
    expect(await peer.ended).toMatchObject({ code: 1008 });
  });

  it("may be preceded by heartbeats, which are answered", async () => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    peer.sendBytes(marshal(basicPing));
    expect(await peer.basic()).toMatchObject({ code: 2 });
    expect((await peer.signIn({ token: "alice" })).status).toBe(Status.Success);
  });

  it.each([
    ["of unknown magic", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    ["that is cut", marshal(createLogicPkt({ command: "login.signin" })).subarray(0, 9)],
    ["whose header is no UTF-8", Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 0, 0, 0, 3, 0x0a, 1, 0xff, 0, 0, 0, 0)],
  ])("with a packet %s is closed with 1007 and a reason", async (_, bytes) => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    peer.sendBytes(bytes);
    const { code, reason } = await peer.ended;
    expect(code).toBe(1007);
    expect(reason).not.toBe("");
  });
});

describe("authenticate", () => {
  it.each([
    ["undefined", () => undefined, Status.Unauthorized, "the token was refused"],
    [
      "an error of its own",
      () => Promise.reject(new Error("row 7 of users")),
      Status.Unauthorized,
      "the token was refused",
    ],
    [
      "words for the peer",
      () => Promise.reject(new GatewayError("IM_ERR_UNAUTHORIZED", "expired yesterday")),
      Status.Unauthorized,
      "expired yesterday",
    ],
    [
      "a bug",
      () => Promise.reject(new TypeError("x is undefined")),
      Status.SystemException,
      "the service cannot sign you in now",
    ],
  ])("that gives %s", async (_, authenticate, status, message) => {
    const started = await startGateway(undefined, { authenticate });
    const peer = await PacketPeer.connect(started.tcp);
    const response = await peer.signIn({ token: "alice" });
    expect(response.status).toBe(status);
    expect(decodeErrorResp(response.body).message).toBe(message);
    expect((await peer.ended).reason).toBe(message);
    expect(started.errors.length).toBe(status === Status.SystemException ? 1 : 0);
  });
});
