import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { platform } from "node:os";
import { test } from "node:test";
import { cpuOfProcessUs } from "../src/cpu-of-process.mjs";

test("CPU time is read of a process that answers no question", { skip: platform() !== "linux" }, async () => {
  const busy = fork(new URL("busy-forever.mjs", import.meta.url));
  try {
    await once(busy, "message");
    const before = cpuOfProcessUs(busy.pid);
    const deadline = performance.now() + 20_000;
    while (cpuOfProcessUs(busy.pid) < before + 100_000) {
      assert.ok(performance.now() < deadline, "a busy process took no 100 ms of CPU time in 20 s");
    }
  } finally {
    busy.kill("SIGKILL");
  }
});
