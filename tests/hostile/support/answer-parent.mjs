/** Answers each message {id, call, args} of the parent process with {id, result} or {id, error}. Ends with the parent. */
export function answerParent(calls) {
  const answer = async ({ id, call, args }) => {
    try {
      process.send({ id, result: await all[call](...args) });
    } catch (error) {
      process.send({ id, error: error?.stack ?? String(error) });
    }
  };
  const all = {
    ...calls,
    /** From now on only what the program itself does keeps it alive. */
    letGo() {
      process.off("disconnect", process.exit);
      setImmediate(() => process.disconnect());
    },
  };
  process.on("message", answer);
  process.on("disconnect", process.exit);
}
