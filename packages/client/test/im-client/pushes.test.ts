import type { ImClientOptions } from "@im/client";
import { createPush, marshal } from "@im/wire";
import { describe, expect, it, vi } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { TestGateway } from "../support/test-gateway.js";
import { tcp } from "../support/transports.js";
import { bytes, deferred, errorOf, text, within } from "../support/waiting.js";

function fail(): never {
  throw new Error("after it had settled");
}

function thenable(settle: (done: (value?: unknown) => void, fail: () => void) => unknown): object {
  // biome-ignore lint/suspicious/noThenProperty: handlers may give such things.
  return { then: settle };
}

async function connected(options: Partial<ImClientOptions<Record<never, never>>> = {}) {
  const gateway = await TestGateway.start(tcp);
  const client = openImClient(gateway, options);
  await client.connect();
  return { gateway, client };
}

describe("a handler", () => {
  it("gets the pushes of its command in order, one after the other", async () => {
    const { gateway, client } = await connected();
    const order: string[] = [];
    const done = deferred();
    client.on("a.b", async ({ body }) => {
      order.push(`begin ${text(body)}`);
      await client.request("a.echo");
      order.push(`end ${text(body)}`);
      if (text(body) === "3") done.resolve();
    });
    for (const number of ["1", "2", "3"]) gateway.push("a.b", number);
    await within(done.promise, "three pushes");
    expect(order).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
  });

  it("may await a request: responses never queue behind handlers", async () => {
    const { gateway, client } = await connected();
    const answered = deferred<string>();
    client.on("a.b", async () => answered.resolve(text((await client.request("a.echo", bytes("inside"))).body)));
    gateway.push("a.b", "");
    expect(await within(answered.promise, "the response")).toBe("inside");
  });

  it("that hangs holds back no other handler", async () => {
    const { gateway, client } = await connected();
    const other = deferred();
    client.on("a.b", () => new Promise<void>(() => {}));
    client.on("a.b", () => other.resolve());
    gateway.push("a.b", "");
    await within(other.promise, "the other handler");
  });

  it("that throws or rejects is reported, and goes on", async () => {
    const errors: unknown[] = [];
    const { gateway, client } = await connected({ onError: (error) => void errors.push(error) });
    const bodies: string[] = [];
    client.on("a.b", ({ body }) => {
      bodies.push(text(body));
      if (bodies.length === 1) throw new Error("thrown");
      if (bodies.length === 2) return Promise.reject(new Error("rejected"));
      return undefined;
    });
    for (const number of ["1", "2", "3"]) gateway.push("a.b", number);
    await vi.waitFor(() => expect(bodies).toEqual(["1", "2", "3"]));
    expect(errors.map((error) => (error as Error).message)).toEqual(["thrown", "rejected"]);
  });

  it.each<[string, () => unknown]>([
    ["settles at once, several times", () => thenable((done, fail) => [done(), fail(), done()])],
    ["settles, then throws", () => thenable((done) => [done(), fail()])],
    ["settles as another", () => thenable((done) => done(thenable((done) => done())))],
  ])("whose thenable %s goes on with its next push", async (_, result) => {
    const errors: unknown[] = [];
    const { gateway, client } = await connected({ onError: (error) => void errors.push(error) });
    const received: string[] = [];
    client.on("a.b", ({ body }) => {
      received.push(text(body));
      return result();
    });
    for (const number of ["1", "2", "3"]) gateway.push("a.b", number);
    await vi.waitFor(() => expect(received).toEqual(["1", "2", "3"]));
    expect(errors).toEqual([]);
  });

  it("gets nothing more once it is ended", async () => {
    const { gateway, client } = await connected({ onError: () => {} });
    const received: string[] = [];
    const stop = client.on("a.b", () => void received.push("stopped"));
    client.on("a.c", () => void received.push("other"));
    stop();
    gateway.push("a.b", "");
    gateway.push("a.c", "");
    await vi.waitFor(() => expect(received).toEqual(["other"]));
  });
});

describe("more pushes in one piece than may wait", () => {
  const COUNT = 5_000;
  const burst = async (gateway: TestGateway) => {
    for (let number = 0; number < COUNT; number++) gateway.push("a.b", String(number));
  };

  it("cost nothing if the handler keeps up, sync or async", async () => {
    const { gateway, client } = await connected();
    const received = { sync: 0, async: 0 };
    client.on("a.b", () => void received.sync++);
    client.on("a.b", async () => void received.async++);
    await burst(gateway);
    await vi.waitFor(() => expect(received).toEqual({ sync: COUNT, async: COUNT }));
    expect(client.status.state).toBe("online");
    expect(gateway.logins).toHaveLength(1);
  });

  it("cost nothing if the iteration is read on", async () => {
    const { gateway, client } = await connected();
    const pushes = client.pushes("a.b");
    await burst(gateway);
    let received = 0;
    for await (const _ of pushes) if (++received === COUNT) break;
    expect(gateway.logins).toHaveLength(1);
  });
});

describe("an iteration", () => {
  it("gets what came while it was not read, and ends when the client is closed", async () => {
    const { gateway, client } = await connected();
    const pushes = client.pushes("a.b");
    for (const number of ["1", "2"]) gateway.push("a.b", number);
    await client.request("a.echo");
    const bodies: string[] = [];
    for await (const { body } of pushes) {
      bodies.push(text(body));
      if (bodies.length === 2) await client.close();
    }
    expect(bodies).toEqual(["1", "2"]);
  });

  it("still gives all that had come when the client was closed", async () => {
    const { gateway, client } = await connected();
    const pushes = client.pushes("a.b");
    for (let number = 0; number < 10; number++) gateway.push("a.b", String(number));
    await client.request("a.echo");
    await client.close();
    const bodies: string[] = [];
    for await (const { body } of pushes) bodies.push(text(body));
    expect(bodies.join("")).toBe("0123456789");
  });

  it("of a client that is closed is over", async () => {
    const { client } = await connected();
    await client.close();
    expect(await within(client.pushes("a.b").next(), "the end")).toEqual({ value: undefined, done: true });
  });

  it("is ended by an abort, whose reason it throws", async () => {
    const { client } = await connected();
    const controller = new AbortController();
    const pushes = client.pushes("a.b", { signal: controller.signal });
    const next = errorOf(pushes.next());
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await next).toBe(reason);
    expect(await errorOf(() => client.pushes("a.b", { signal: controller.signal }))).toBe(reason);
  });
});

describe("nothing is lost in silence:", () => {
  it("more pushes than may wait are lost to the iterator that is not read, and its next says how many", async () => {
    const errors: unknown[] = [];
    const { gateway, client } = await connected({ maxQueuedPushes: 3, onError: (error) => void errors.push(error) });
    const pushes = client.pushes("a.b");
    const others: string[] = [];
    client.on("a.b", ({ body, missed }) => void others.push(`${text(body)}${missed ?? ""}`));
    for (const _ of ["a first time", "a second time"]) {
      for (let number = 0; number < 10; number++) gateway.push("a.b", String(number));
      // Of what came with it is decided by then.
      await client.request("a.echo");
      await client.request("a.echo");
    }
    const read: string[] = [];
    const next = async () => {
      const { body, missed } = (await within(pushes.next(), "a push")).value;
      read.push(missed === undefined ? text(body) : `${text(body)} after ${missed}`);
    };
    for (let count = 0; count < 4; count++) await next();
    gateway.push("a.b", "x");
    gateway.push("a.b", "y");
    for (let count = 0; count < 2; count++) await next();
    expect(read).toEqual(["0", "1", "2", "3", "x after 16", "y"]);
    expect(others.join("")).toBe("01234567890123456789xy");
    expect(errors).toMatchObject([{ code: "IM_ERR_PUSH_OVERFLOW", message: expect.stringContaining("a.b") }]);
    expect(gateway.logins).toHaveLength(1);
  });

  it("a handler that never settles costs neither the connection nor the pushes of other handlers", async () => {
    const { gateway, client } = await connected({ maxQueuedPushes: 3, onError: () => {} });
    client.on("a.b", () => new Promise(() => {}));
    let received = 0;
    client.on("a.c", () => void received++);
    for (let number = 0; number < 20; number++) {
      gateway.push("a.b", "");
      gateway.push("a.c", "");
      await client.request("a.echo");
    }
    expect(received).toBe(20);
    expect(gateway.logins).toHaveLength(1);
  });

  it("more pushes than may wait are still handled when they are the last that can come", async () => {
    const { gateway, client } = await connected({ maxQueuedPushes: 3 });
    const pushes = client.pushes("a.b");
    for (let number = 0; number < 10; number++) gateway.push("a.b", String(number));
    gateway.kickOut();
    for await (const { state } of client.statuses()) if (state === "closed") break;
    // Resolves when the connection has ended: by then how many wait has been looked at.
    await client.close();
    const bodies: string[] = [];
    for await (const { body } of pushes) bodies.push(text(body));
    expect(bodies.join("")).toBe("0123456789");
    expect(client.status).toMatchObject({ reason: { code: "IM_ERR_KICKED_OUT" } });
  });

  it("a push without a handler is reported, once for each command", async () => {
    const codes: unknown[] = [];
    const { gateway, client } = await connected({
      onError: (error) => void codes.push((error as { code: string }).code),
    });
    for (const command of ["a.b", "a.b", "a.c"]) gateway.push(command, "");
    await client.request("a.echo");
    expect(codes).toEqual(["IM_ERR_PUSH_UNHANDLED", "IM_ERR_PUSH_UNHANDLED"]);
  });

  it("a push whose body does not decode is reported, and the next is handled", async () => {
    const errors: Error[] = [];
    const digit = {
      encode: (digit: number) => bytes(String(digit)),
      decode: (body: Uint8Array) => {
        if (!/^\d$/.test(text(body))) throw new Error("no digit");
        return Number(text(body));
      },
    };
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway, {
      commands: { "a.digit": { push: digit } },
      onError: (error) => void errors.push(error as Error),
    });
    const { channelId } = await client.connect();
    const digits: number[] = [];
    client.on("a.digit", ({ body }) => void digits.push(body));
    for (const body of ["x", "7"]) {
      gateway.server.push(channelId, marshal(createPush({ command: "a.digit", body: bytes(body) })));
    }
    await vi.waitFor(() => expect(digits).toEqual([7]));
    expect(errors.map(({ message }) => message)).toEqual(["no digit"]);
  });
});
