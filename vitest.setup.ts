// What Node warns of, such as a timer of a negative time or a leak of listeners, fails the tests.
const failsTests = Symbol.for("im: warnings fail tests");
const once = globalThis as { [failsTests]?: true };

// Files that share a process share its listener.
if (!once[failsTests]) {
  once[failsTests] = true;
  process.on("warning", (warning) => {
    throw warning;
  });
}
