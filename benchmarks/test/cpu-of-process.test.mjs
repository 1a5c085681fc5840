import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { platform } from "node:os";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { cpuOfProcessUs } from "../src/cpu-of-process.mjs";

test("CPU time is read of a process that answers no question", { skip: platform() !== "linux" }, async () => {
  const busy = spawn(process.execPath, ["--eval", "for (;;);"], { stdio: "ignore" });
  try {
    const startMs = performance.now();
    for (let cpuUs = 0; cpuUs < 500_000; cpuUs = cpuOfProcessUs(busy.pid)) {
      assert.equal(typeof cpuUs, "number");
      assert.ok(performance.now() - startMs < 20_000, "a busy process took no 500 ms of CPU time in 20 s");
      await nextTurn();
    }
    assert.ok(performance.now() - startMs > 200, "a process took 500 ms of CPU time within 200 ms");
  } finally {
    busy.kill("SIGKILL");
  }
});

test("CPU time of a process that has ended is not known", () => {
  assert.equal(cpuOfProcessUs(2 ** 31 - 1), undefined);
});
