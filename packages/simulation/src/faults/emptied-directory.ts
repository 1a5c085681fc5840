import type { Fault } from "./fault.js";

/** The directory restarts without its data: no lease and no session is left. */
export const emptiedDirectory: Fault = {
  name: "emptied directory",
  weight: 2,
  begin({ ports, kernel }) {
    kernel.write("ports", "the directory has lost its data");
    ports.emptyDirectory();
    return undefined;
  },
};
