import type { Invariant } from "./invariant.js";

/** Errors that are reported have a code of the product, or come from the application or a port: none is a slip of the code. */
export const noInternalErrors: Invariant = (world) => {
  world.observers.push({
    errorReported(reporter, error) {
      const { name } = error as Error;
      if (/^(Type|Range|Reference|Syntax)Error$/.test(name)) {
        world.kernel.violate("no reported error is a programming error", `${reporter} reports ${error}`, error);
      }
    },
  });
  return {};
};
