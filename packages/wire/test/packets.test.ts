import {
  BasicCode,
  basicPing,
  basicPong,
  commands,
  createLogicPkt,
  createPush,
  createRequest,
  createResponse,
  Flag,
  MetaType,
  marshal,
  read,
  Sequence,
  Status,
} from "@im/wire";
import { createBasicPkt } from "@im/wire/codec";
import { describe, expect, it } from "vitest";
import { toHex } from "./vectors.js";

const body = Uint8Array.of(1, 2, 3);
const meta = [{ key: "app", value: "kim", type: MetaType.String }];
const request = createLogicPkt({
  command: commands.chatUserTalk,
  channelId: "c1",
  sequence: 7,
  dest: "bob",
  meta,
  body,
});

describe("createRequest", () => {
  it("takes the next sequence when none is given, and when it is 0", () => {
    const sequence = new Sequence();
    expect(createRequest({ command: "a.b" }, sequence).sequence).toBe(1);
    expect(createRequest({ command: "a.b", sequence: 0 }, sequence).sequence).toBe(2);
  });

  it("keeps a sequence that is given and takes none from the counter", () => {
    const sequence = new Sequence();
    expect(createRequest({ command: "a.b", sequence: 9 }, sequence).sequence).toBe(9);
    expect(sequence.next()).toBe(1);
  });

  it("fills in what is not said", () => {
    expect(createRequest({ command: "a.b" }, new Sequence())).toEqual({
      kind: "logic",
      command: "a.b",
      channelId: "",
      sequence: 1,
      flag: Flag.Request,
      status: Status.Success,
      dest: "",
      meta: [],
      body: new Uint8Array(0),
    });
  });

  it("is a request whatever it was made from", () => {
    const response = createResponse(request, { status: Status.Unauthorized });
    expect(createRequest(response, new Sequence())).toMatchObject({ flag: Flag.Request, status: Status.Success });
  });
});

describe("createResponse", () => {
  it("copies command, channelId, sequence and dest, and nothing else", () => {
    expect(createResponse(request)).toEqual({
      ...request,
      flag: Flag.Response,
      status: Status.Success,
      meta: [],
      body: new Uint8Array(0),
    });
  });

  it("copies a sequence of 0: kim's SDK counts through it", () => {
    expect(createResponse({ ...request, sequence: 0 }).sequence).toBe(0);
  });

  it("carries status, body and meta of its own", () => {
    const own = { status: Status.SystemException, body: Uint8Array.of(9), meta: [] };
    expect(createResponse(request, own)).toMatchObject(own);
  });
});

describe("createPush", () => {
  it("made from a request keeps command, channelId, sequence, dest and meta, and resets the status", () => {
    const push = createPush({ ...request, status: Status.Unauthorized, body: Uint8Array.of(9) });
    expect(push).toEqual({ ...request, flag: Flag.Push, status: Status.Success, body: Uint8Array.of(9) });
  });
});

describe("createLogicPkt", () => {
  it("fault 17: a new packet made from a header keeps flag and meta", () => {
    const push = createLogicPkt({ ...request, flag: Flag.Push });
    const copy = createLogicPkt({ ...push, body: new Uint8Array(0) });
    expect(copy.flag).toBe(Flag.Push);
    expect(copy.meta).toEqual(meta);
    expect(read(marshal(copy))).toEqual(copy);
  });

  it("keeps unknown fields, and has no such member when there are none", () => {
    const unknownFields = Uint8Array.of(0x40, 5);
    expect(createLogicPkt({ ...request, unknownFields }).unknownFields).toBe(unknownFields);
    expect("unknownFields" in request).toBe(false);
  });

  it("does not copy the body", () => {
    expect(request.body).toBe(body);
  });
});

describe("BasicPkt", () => {
  it("ping and pong are kim's eight bytes", () => {
    expect(toHex(marshal(basicPing))).toBe("c315a76500010000");
    expect(toHex(marshal(basicPong))).toBe("c315a76500020000");
    expect([basicPing.code, basicPong.code]).toEqual([BasicCode.Ping, BasicCode.Pong]);
  });

  it("fault 15: the length on the wire is the body's own, whatever a length beside it says", () => {
    const forged = { ...createBasicPkt(3, body), length: 60_000 };
    expect(toHex(marshal(forged))).toBe("c315a76500030003010203");
  });
});
