import * as wire from "@im/wire";
import * as codec from "@im/wire/codec";
import { expect, it } from "vitest";

it("the root entry exports what applications use", () => {
  expect(Object.keys(wire).sort()).toEqual([
    "BasicCode",
    "Flag",
    "MetaType",
    "PacketReader",
    "Sequence",
    "Status",
    "WireError",
    "basicPing",
    "basicPong",
    "commands",
    "createLogicPkt",
    "createPush",
    "createRequest",
    "createResponse",
    "getMetaFloat",
    "getMetaInt",
    "getMetaString",
    "jsonCodec",
    "marshal",
    "read",
    "readPackets",
    "wireErrorCodes",
    "withMeta",
    "withoutMeta",
  ]);
});

it("no value is exported by two entries", () => {
  expect(Object.keys(codec).filter((name) => name in wire)).toEqual([]);
});
