import { describe, expect, it } from "vitest";
import { withAccount } from "../../examples/chat/shared/conversation-key.js";
import { ChatOnWorkers } from "./support/chat-on-workers.js";
import { hasServers, SharedServers } from "./support/shared-servers.js";

const SOON = { timeout: 30_000, interval: 20 };

describe.skipIf(!hasServers || process.platform === "win32")("a chat with two workers", () => {
  it("serves people of both at one port, deploys, and has all back after kill -9 of its workers", async () => {
    const chat = await ChatOnWorkers.start(await SharedServers.start());
    const [one, other] = chat.workers();
    const [signInAlice, signInBob] = [await chat.person("alice", "ws"), await chat.person("bob", "tcp")];
    // While one worker stands still, the other takes who signs in.
    process.kill(other!, "SIGSTOP");
    const alice = await signInAlice();
    process.kill(other!, "SIGCONT");
    process.kill(one!, "SIGSTOP");
    const bob = await signInBob();
    process.kill(one!, "SIGCONT");
    expect([alice.attempts, bob.attempts]).toEqual([1, 1]);
    const bothAreHeard = async (round: string) => {
      await Promise.all([
        alice.session.send(withAccount("bob"), `${round}: hello, Bob`),
        bob.session.send(withAccount("alice"), `${round}: hello, Alice`),
      ]);
      await expect.poll(() => bob.heard, SOON).toContain(`${round}: hello, Bob`);
      await expect.poll(() => alice.heard, SOON).toContain(`${round}: hello, Alice`);
    };
    await bothAreHeard("first");

    for (const worker of [one!, other!]) {
      process.kill(worker, "SIGKILL");
      await chat.said("RESTARTED");
    }
    await expect.poll(() => Math.min(alice.timesOnline(), bob.timesOnline()), SOON).toBeGreaterThan(1);
    await bothAreHeard("after the kills");

    const before = chat.workers();
    chat.deploy();
    await chat.said("DEPLOYED");
    expect(chat.workers().filter((worker) => before.includes(worker))).toEqual([]);
    await bothAreHeard("after the deploy");
    expect(await chat.end()).toBe(0);
  });

  it("ends with an exit code when no worker can start any more, for systemd to start it again", async () => {
    const shared = await SharedServers.start();
    const chat = await ChatOnWorkers.start(shared);
    await shared.postgres.stop();
    const ends = chat.ends();
    for (const worker of chat.workers()) process.kill(worker, "SIGKILL");
    await chat.said("NOT RESTARTED");
    expect(await ends).toBe(1);
  });
});
