// What every server program answers to the one that started it. A server has no work of its own, so that all that it
// spends between two questions is spent on the load.

/** Tells that the server listens, or two of a cluster, then answers `usage`, and `collect garbage`. */
export function reportUsage(port, otherPort) {
  process.on("message", (question) => {
    if (question === "collect garbage") globalThis.gc();
    const { user, system } = process.cpuUsage();
    process.send({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() });
  });
  process.on("disconnect", () => process.exit());
  process.send({ port, otherPort });
}
