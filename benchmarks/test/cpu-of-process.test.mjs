import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { platform } from "node:os";
import { test } from "node:test";
import { cpuOfProcessUs } from "../src/cpu-of-process.mjs";

test("CPU time is read of a process that answers no question", { skip: platform() !== "linux" }, () => {
  const busy = spawn(process.execPath, ["--eval", "for (;;);"], { stdio: "ignore" });
  try {
    const deadlineMs = performance.now() + 20_000;
    while (cpuOfProcessUs(busy.pid) < 500_000) {
      assert.ok(performance.now() < deadlineMs, "a busy process took no 500 ms of CPU time in 20 s");
    }
  } finally {
    busy.kill("SIGKILL");
  }
});

test("CPU time of a process that has ended is not known", () => {
  assert.equal(cpuOfProcessUs(2 ** 31 - 1), undefined);
});
