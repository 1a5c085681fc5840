import type { Mutant } from "./mutant.js";

/** Its subscription is not ended. */
export const aGatewayThatLeavesStaysOnTheBus: Mutant = {
  name: "a gateway that leaves stays on the bus",
  patches: [
    {
      file: "gateway/src/gateway-lifecycle.ts",
      find: '    await this.#attempt("bus", () => withTimeout(this.#leaveBus(), portTimeoutMs, "leaving the bus"));\n',
      replace: "    void portTimeoutMs;\n",
    },
  ],
  seed: 1,
  breaks: "a close leaves nothing behind",
};
