import { ClientError, type ClientOptions, clientErrorCodes, createClient } from "@im/client";
import { type Client, type CloseInfo, type Dialer, type Frame, type OpCode, TransportError } from "@im/transport-core";
import { describe, expect, expectTypeOf, it, vi } from "vitest";

const dialer: Dialer = { dialAndHandshake: () => Promise.reject(new Error("not called")) };

describe("options of a client", () => {
  it("have defaults: a random id, a name", () => {
    const [a, b] = [createClient(), createClient({})];
    expect(a.id).toMatch(/^[\w-]{22}$/);
    expect(a.id).not.toBe(b.id);
    expect(a.name).toBe("im-client");
  });

  it.each<[keyof ClientOptions, unknown]>([
    ["id", ""],
    ["id", 5],
    ["name", ""],
    ["dialer", {}],
    ["dialer", null],
    ["dialTimeoutMs", 0],
    ["dialTimeoutMs", Number.NaN],
    ["dialTimeoutMs", "5"],
    ["heartbeatMs", -1],
    ["heartbeatMs", "55"],
    ["heartbeatMs", 180_000],
    ["readWaitMs", 0],
    ["readWaitMs", Number.NaN],
    ["writeWaitMs", -1],
    ["maxInboxMessages", 0],
    ["maxInboxMessages", 1.5],
    ["maxInboxBytes", Number.POSITIVE_INFINITY],
    ["onError", "console"],
  ])("a bad %s (%s) is an error at once, by name", (name, value) => {
    const make = () => createClient({ [name]: value } as ClientOptions);
    expect(make).toThrow(ClientError);
    expect(make).toThrow(expect.objectContaining({ code: "IM_ERR_INVALID_OPTION" }));
    expect(make).toThrow(new RegExp(`^${name} must be `));
  });

  it("an option that is unknown is refused, with the list of those that exist", () => {
    expect(() => createClient({ heartBeatMs: 5 } as ClientOptions)).toThrow(
      /^there is no option heartBeatMs; there are id, name, dialer, dialTimeoutMs, heartbeatMs, readWaitMs/,
    );
    // Frames of one connection are read one after the other.
    expect(() => createClient({ receiveConcurrency: 2 } as ClientOptions)).toThrow(/no option receiveConcurrency/);
  });

  it("a heartbeat must be below the read wait, unless there is none", () => {
    expect(() => createClient({ heartbeatMs: 100, readWaitMs: 100 })).toThrow(
      /heartbeatMs must be below readWaitMs \(100\)/,
    );
    createClient({ heartbeatMs: 99, readWaitMs: 100 });
    createClient({ heartbeatMs: Number.POSITIVE_INFINITY, readWaitMs: 100 });
    createClient({ heartbeatMs: Number.POSITIVE_INFINITY, readWaitMs: Number.POSITIVE_INFINITY });
  });

  it("setDialer refuses a value that is not a dialer, by name", () => {
    expect(() => createClient().setDialer({} as Dialer)).toThrow(
      /^dialer must be an object with a method dialAndHandshake/,
    );
  });

  it("are copied: a change afterwards changes nothing", () => {
    const options = { id: "first", dialer };
    const client = createClient(options);
    options.id = "second";
    expect(client.id).toBe("first");
  });
});

describe("types", () => {
  it("are those of the contract", () => {
    const client = createClient({ dialer });
    expectTypeOf(client).toEqualTypeOf<Client>();
    expectTypeOf(client.read).returns.toEqualTypeOf<Promise<Frame>>();
    expectTypeOf(client.send).parameters.toEqualTypeOf<[payload: Uint8Array, opCode?: OpCode]>();
    expectTypeOf(client.send).returns.toEqualTypeOf<boolean>();
    expectTypeOf(client[Symbol.asyncIterator]).returns.toExtend<AsyncIterator<Frame>>();
    expectTypeOf<"receiveConcurrency">().not.toExtend<keyof ClientOptions>();
    ({ id: "a", heartbeatMs: 5, onError: () => {} }) satisfies ClientOptions;
  });

  it("refuse wrong types", () => {
    // @ts-expect-error: text is not bytes
    const sendText = (client: Client) => client.send("text");
    // @ts-expect-error: an option that does not exist
    const options: ClientOptions = { heartBeat: 5 };
    expectTypeOf(sendText).toBeFunction();
    expect(options).toBeDefined();
  });
});

describe("ClientError", () => {
  it("has a code, how the connection ended, and its error as the cause", () => {
    const error = new TransportError("IM_ERR_READ_TIMEOUT", "silence");
    const closeInfo: CloseInfo = { code: 1001, reason: "", clean: false, error };
    const ended = new ClientError("IM_ERR_CLIENT_CLOSED", "ended", { closeInfo });
    expect(ended).toMatchObject({ code: "IM_ERR_CLIENT_CLOSED", message: "ended", closeInfo, cause: error });
    expect(String(ended)).toBe("ClientError: ended");
    expect(Object.keys(new ClientError("IM_ERR_NO_DIALER", "none"))).toEqual(["code"]);
  });

  it("is recognised across two copies of the module, both ways, and is no TransportError", async () => {
    vi.resetModules();
    const other = (await import("../src/errors.js")).ClientError;
    expect(other).not.toBe(ClientError);
    expect(new other("IM_ERR_CLIENT_STATE", "theirs") instanceof ClientError).toBe(true);
    expect(new ClientError("IM_ERR_CLIENT_STATE", "ours") instanceof other).toBe(true);
    expect(new ClientError("IM_ERR_CLIENT_STATE", "ours") instanceof TransportError).toBe(false);
    expect(new Error("no") instanceof ClientError).toBe(false);
  });

  it("a subclass is an ordinary class", () => {
    class ReconnectError extends ClientError {
      readonly attempts = 3;
    }
    expect(new ReconnectError("IM_ERR_CLIENT_STATE", "x") instanceof ReconnectError).toBe(true);
    expect(new ReconnectError("IM_ERR_CLIENT_STATE", "x") instanceof ClientError).toBe(true);
    expect(new ClientError("IM_ERR_CLIENT_STATE", "x") instanceof ReconnectError).toBe(false);
  });

  it("has a closed set of codes, none twice", () => {
    expect(new Set(clientErrorCodes).size).toBe(clientErrorCodes.length);
    expect(clientErrorCodes.every((code) => /^IM_ERR_[A-Z_]+$/.test(code))).toBe(true);
  });
});
