import { type ConnOptions, defaults, TransportError } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import {
  checkLimit,
  checkWait,
  connOptionNames,
  rejectUnknownOptions,
  serverOptionNames,
} from "@im/transport-core/internal";
import { describe, expect, it, vi } from "vitest";
import { channelOptionNames, resolveChannelOptions, resolveConnOptions } from "../src/options.js";
import { FakeDriver } from "./support/fake-driver.js";

const connDefaults = {
  writeWaitMs: defaults.writeWaitMs,
  closeWaitMs: defaults.closeWaitMs,
  maxPayloadBytes: defaults.maxPayloadBytes,
  highWaterMarkBytes: defaults.highWaterMarkBytes,
  maxQueuedBytes: defaults.maxQueuedBytes,
  maxInboxMessages: defaults.maxInboxMessages,
  maxInboxBytes: defaults.maxInboxBytes,
};

function errorOf(call: () => unknown): TransportError {
  try {
    call();
  } catch (error) {
    return error as TransportError;
  }
  throw new Error("nothing was thrown");
}

describe("defaults", () => {
  it("are kim's waits, and cannot be changed", () => {
    expect(defaults).toMatchObject({
      loginWaitMs: 10_000,
      readWaitMs: 180_000,
      writeWaitMs: 10_000,
      heartbeatMs: 55_000,
    });
    expect(Object.isFrozen(defaults)).toBe(true);
  });

  it("stand in for every option that is not given", () => {
    expect(resolveConnOptions({})).toEqual(connDefaults);
    expect(resolveChannelOptions({})).toMatchObject({ readWaitMs: 180_000, receiveConcurrency: 1 });
  });

  it("do not stand in for what is given", () => {
    const given = {
      writeWaitMs: 1,
      closeWaitMs: 7,
      maxPayloadBytes: 2,
      highWaterMarkBytes: 3,
      maxQueuedBytes: 4,
      maxInboxMessages: 5,
      maxInboxBytes: 6,
    };
    expect(resolveConnOptions(given)).toEqual(given);
  });
});

describe("a bad option is an error at once, by name", () => {
  const limits = connOptionNames.filter((name) => !name.endsWith("Ms"));
  const badLimits = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "5", {}, []];
  const badWaits = [0, -1, Number.NaN, "5", true, {}, () => 5];

  it.each(limits.flatMap((name) => badLimits.map((value) => [name, value] as const)))("%s: %s", (name, value) => {
    const error = errorOf(() => resolveConnOptions({ [name]: value } as ConnOptions));
    expect(error).toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
    expect(error.message).toMatch(new RegExp(`^${name} must be a whole number above 0, not `));
  });

  it.each(badWaits.map((value) => [value]))("writeWaitMs, closeWaitMs and readWaitMs: %s", (value) => {
    for (const name of ["writeWaitMs", "closeWaitMs"]) {
      const { message } = errorOf(() => resolveConnOptions({ [name]: value } as ConnOptions));
      expect(message).toMatch(new RegExp(`^${name} must be `));
    }
    expect(errorOf(() => resolveChannelOptions({ readWaitMs: value as number })).message).toMatch(
      /^readWaitMs must be /,
    );
  });

  it("a high-water mark above the hard limit", () => {
    const error = errorOf(() => resolveConnOptions({ highWaterMarkBytes: 11, maxQueuedBytes: 10 }));
    expect(error.message).toBe("highWaterMarkBytes must be at most maxQueuedBytes (10), not 11");
  });

  it("a deliverEmptyMessages that is neither true nor false", () => {
    const error = errorOf(() => resolveChannelOptions({ deliverEmptyMessages: 1 as never }));
    expect(error.message).toBe("deliverEmptyMessages must be true or false, not 1");
  });

  it("an onError that is no function", () => {
    expect(errorOf(() => resolveChannelOptions({ onError: {} as never })).message).toMatch(
      /^onError must be a function/,
    );
  });

  it("an option that is unknown, with the list of those that exist", () => {
    const error = errorOf(() => rejectUnknownOptions({ readWait: 5 }, ["readWaitMs", "writeWaitMs"]));
    expect(error).toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
    expect(error.message).toBe("there is no option readWait; there are readWaitMs, writeWaitMs");
    rejectUnknownOptions({ readWaitMs: 5 }, ["readWaitMs"]);
  });

  it("a wait may be Infinity, a limit may not", () => {
    expect(checkWait("wait", Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(() => checkLimit("limit", Number.POSITIVE_INFINITY)).toThrow(TransportError);
  });
});

describe("the lists of names", () => {
  it("name every option that is resolved, so that none is refused as unknown", () => {
    expect([...connOptionNames].sort()).toEqual(Object.keys(resolveConnOptions({})).sort());
    expect([...channelOptionNames].sort()).toEqual(Object.keys(resolveChannelOptions({})).sort());
    for (const name of [...connOptionNames, ...channelOptionNames]) expect(serverOptionNames).toContain(name);
  });
});

describe("the factory of dialers", () => {
  it("checks its options when it is made", () => {
    expect(() => createConnFactory({ maxPayloadBytes: 0 })).toThrow(/maxPayloadBytes/);
  });

  it("copies them: a change afterwards changes nothing", () => {
    const options = { maxPayloadBytes: 10 };
    const createConn = createConnFactory(options);
    options.maxPayloadBytes = 1_000;
    const driver = new FakeDriver();
    createConn(driver);
    expect(driver.sink.maxPayloadBytes).toBe(10);
  });
});

describe("the default of onError", () => {
  it("writes to the console what is a fault, and keeps quiet about what is ordinary", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { onError } = resolveChannelOptions({});
    for (const code of ["IM_ERR_CLOSED", "IM_ERR_LOGIN_REFUSED", "IM_ERR_LOGIN_TIMEOUT"] as const) {
      onError(new TransportError(code, "ordinary"), { during: "accept" });
    }
    expect(log).not.toHaveBeenCalled();
    const fault = new Error("fault");
    onError(fault, { during: "receive", channelId: "alice" });
    onError(fault, { during: "listen" });
    expect(log.mock.calls).toEqual([
      ["@im: error during receive of channel alice:", fault],
      ["@im: error during listen:", fault],
    ]);
    log.mockRestore();
  });
});
