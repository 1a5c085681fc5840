import { commands } from "@im/wire";
import { expect, it } from "vitest";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

/** What presence says of accounts, in order. */
function eventsOf({ gateway }: Started): { readonly said: string[]; until(event: string): Promise<void> } {
  const said: string[] = [];
  const waiting = new Map<string, () => void>();
  for (const event of ["online", "offline"] as const) {
    gateway.presence.on(event, (account) => {
      said.push(`${account} ${event}`);
      waiting.get(`${account} ${event}`)?.();
    });
  }
  const until = async (event: string) => {
    const { opened, open } = gate();
    waiting.set(event, open);
    if (!said.includes(event)) await within(opened, event);
  };
  return { said, until };
}

it("an account is online with its first device, and offline when its last is gone", async () => {
  const started = await startGateway();
  const { said, until } = eventsOf(started);
  const phone = await PacketPeer.signIn(started.ws, "alice@phone");
  const laptop = await PacketPeer.signIn(started.tcp, "alice@laptop");
  await phone.request({ command: commands.loginSignOut });
  expect(said).toEqual(["alice online"]);
  await laptop.close();
  await until("alice offline");
  expect(said).toEqual(["alice online", "alice offline"]);
});

it("a kick-out makes nobody offline", async () => {
  const started = await startGateway();
  const { said } = eventsOf(started);
  const first = await PacketPeer.signIn(started.ws, "alice");
  await PacketPeer.signIn(started.ws, "alice");
  await first.ended;
  expect(said).toEqual(["alice online"]);
});

it("says who is where, on which device", async () => {
  const { gateway, ws, tcp } = await startGateway();
  const phone = await PacketPeer.signIn(ws, { token: "alice@phone", tags: ["beta"] });
  const laptop = await PacketPeer.signIn(tcp, "alice@laptop");
  const own = { account: "alice", gatewayId: gateway.id, remoteIp: "127.0.0.1" };
  expect(await gateway.presence.where("alice")).toMatchObject([
    { ...own, device: "phone", channelId: phone.channelId, tags: ["beta"] },
    { ...own, device: "laptop", channelId: laptop.channelId },
  ]);
  expect([...(await gateway.presence.online(["bob", "alice", "carol"]))]).toEqual(["alice"]);
});

it("a listener that throws is reported and harms nobody; one that was taken away hears nothing", async () => {
  const started = await startGateway();
  const heard: string[] = [];
  const end = started.gateway.presence.on("online", () => heard.push("no"));
  end();
  started.gateway.presence.on("online", () => {
    throw new Error("a broken listener");
  });
  started.gateway.presence.on("online", (account) => heard.push(account));
  await PacketPeer.signIn(started.ws, "alice");
  expect(heard).toEqual(["alice"]);
  expect(started.errors).toMatchObject([{ context: { during: "presence" } }]);
});
