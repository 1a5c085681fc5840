import { expect, it, vi } from "vitest";
import { MemoryPushBus } from "../src/index.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";

const body = Uint8Array.of(1, 2, 3);

it("an announcement reaches the listeners of its topic at every other gateway, and no session", async () => {
  const bus = new MemoryPushBus();
  const start = () => startGateway(undefined, { bus });
  const [east, west, south] = [await start(), await start(), await start()];
  const heard: string[] = [];
  for (const [name, { gateway }] of Object.entries({ east, west, south })) {
    gateway.onAnnouncement("news", (bytes) => heard.push(`${name} ${bytes}`));
    gateway.onAnnouncement("other", () => heard.push(`${name} other`));
  }
  const peer = await PacketPeer.signIn(west.tcp, "alice");
  await east.gateway.announce("news", body);
  await vi.waitFor(() => expect(heard).toEqual(["west 1,2,3", "south 1,2,3"]));
  await east.gateway.broadcast("notice.after");
  expect(await peer.logic()).toMatchObject({ command: "notice.after" });
});

it("each listener owns its bytes, and is called until it is removed", async () => {
  const bus = new MemoryPushBus();
  const [east, west] = [await startGateway(undefined, { bus }), await startGateway(undefined, { bus })];
  const heard: string[] = [];
  const listener = (bytes: Uint8Array) => {
    heard.push(String(bytes));
    bytes.fill(0);
  };
  const remove = west.gateway.onAnnouncement("news", listener);
  west.gateway.onAnnouncement("news", listener);
  await east.gateway.announce("news", body);
  remove();
  remove();
  await east.gateway.announce("news", body);
  await vi.waitFor(() => expect(heard).toEqual(["1,2,3", "1,2,3", "1,2,3"]));
});

it("a listener that fails is reported, and the others are called", async () => {
  const bus = new MemoryPushBus();
  const [east, west] = [await startGateway(undefined, { bus }), await startGateway(undefined, { bus })];
  const heard = vi.fn();
  west.gateway.onAnnouncement("news", () => {
    throw new Error("a bug of the application");
  });
  west.gateway.onAnnouncement("news", () => Promise.reject(new Error("another")));
  west.gateway.onAnnouncement("news", heard);
  await east.gateway.announce("news");
  await vi.waitFor(() => expect(west.errors).toHaveLength(2));
  const context = { during: "bus" };
  expect(west.errors).toMatchObject([
    { error: { message: "a bug of the application" }, context },
    { error: { message: "another" }, context },
  ]);
  expect(heard).toHaveBeenCalledExactlyOnceWith(new Uint8Array());
});

it("rejects with what the bus throws, and in time", async () => {
  const memory = new MemoryPushBus();
  const busWith = (broadcast: () => Promise<void>) => ({
    subscribe: memory.subscribe.bind(memory),
    publish: memory.publish.bind(memory),
    broadcast,
  });
  const away = await startGateway(undefined, { bus: busWith(() => Promise.reject(new Error("away"))) });
  await expect(away.gateway.announce("news")).rejects.toThrow("away");
  const hanging = busWith(() => new Promise<never>(() => {}));
  const { gateway } = await startGateway(undefined, { bus: hanging, portTimeoutMs: 50 });
  await expect(gateway.announce("news")).rejects.toMatchObject({ code: "IM_ERR_PORT_TIMEOUT" });
});
