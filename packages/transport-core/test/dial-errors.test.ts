import { invalidAddress, reasonOf, shownAddress } from "@im/transport-core/internal";
import { describe, expect, it } from "vitest";

describe("an address, as errors show it", () => {
  it.each([
    ["ws://chat.example:8000/im", "ws://chat.example:8000/im"],
    ["ws://user:password@chat.example/im?token=1#part", "ws://chat.example/im?…"],
    ["wss://user@[::1]:8000", "wss://[::1]:8000"],
    ["user:pass@word@chat.example:1", "chat.example:1"],
    ["ws://chat.example/#token", "ws://chat.example/#…"],
    ["ws://chat.example/@room", "ws://chat.example/@room"],
    ["unix:/run/user@1000/im.sock", "unix:/run/user@1000/im.sock"],
    ["", ""],
  ])("%s is %s", (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
  });

  it.each([
    ["http://user:password@chat.example/", "http://chat.example/"],
    ["ws://user:pass/word@chat.example", "ws://…"],
    ["ws://user:pass?word@chat.example", "ws://…"],
    ["nonsense", "nonsense"],
  ])("%s, which is none, is %s", (address, shown) => {
    const error = invalidAddress(address, "is no address");
    expect(error).toMatchObject({ code: "IM_ERR_INVALID_ADDRESS", message: `"${shown}" is no address` });
  });
});

describe("the reason of the system", () => {
  it.each([
    ["its words", new Error("connect ECONNREFUSED"), "connect ECONNREFUSED"],
    ["each of several once", new AggregateError([new Error("a"), new Error("b"), new Error("a")]), "a; b"],
    ["its code where it has no words", Object.assign(new Error(""), { code: "ECONNRESET" }), "ECONNRESET"],
    ["its name where it has neither", new AggregateError([]), "AggregateError"],
  ])("is %s", (_, error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});
