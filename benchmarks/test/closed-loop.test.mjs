import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";

/** Runs the load against an echo that passes bytes through `change`. */
async function loadOn(change) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => socket.write(change(bytes)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const load = fork(new URL("../src/load/generator.mjs", import.meta.url));
  const answer = new Promise((resolve) => {
    load.on("message", (message) => (message.event ? load.send("meters read") : resolve(message)));
  });
  load.send({
    kind: "closedLoop",
    dialect: "tcp",
    port: server.address().port,
    connections: 3,
    messageBytes: 128,
    window: 4,
    warmupMs: 50,
    measureMs: 100,
  });
  try {
    return await answer;
  } finally {
    load.kill();
    server.close();
  }
}

test("echoes are counted", async () => {
  const { measured } = await loadOn((bytes) => bytes);
  assert.ok(measured.messages > 0);
});

test("a wrong byte is noticed", async () => {
  let writes = 0;
  const { error } = await loadOn((bytes) => {
    if (++writes > 100) bytes[bytes.length - 1] ^= 1;
    return bytes;
  });
  assert.equal(error, "an echo is not what was sent");
});

test("an echo too many is noticed", async () => {
  let writes = 0;
  const { error } = await loadOn((bytes) => (++writes === 50 ? Buffer.concat(Array(9).fill(bytes)) : bytes));
  assert.equal(error, "more echoes came than messages were sent");
});
