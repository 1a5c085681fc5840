// What Node warns of, such as a timer of a negative time or a leak of listeners, fails the tests.
process.on("warning", (warning) => {
  throw warning;
});
