import { vi } from "vitest";

// Files that share a process (`pnpm test:quick`) share neither fake time nor what modules hold.
vi.useRealTimers();
vi.resetModules();

// What Node warns of, such as a timer of a negative time or a leak of listeners, fails the tests.
const failsTests = Symbol.for("im: warnings fail tests");
const once = globalThis as { [failsTests]?: true };
if (!once[failsTests]) {
  once[failsTests] = true;
  process.on("warning", (warning) => {
    throw warning;
  });
}
