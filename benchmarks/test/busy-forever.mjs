// A process that never gets to answer.
process.send("busy", () => {
  for (;;);
});
