import { describeTransport } from "@im/transport-compliance";
import { createMemoryNetwork } from "@im/transport-compliance/memory";
import { describe, it } from "vitest";

describeTransport(
  { describe, it },
  {
    name: "memory",
    ...createMemoryNetwork(),
    badAddress: "memory://nobody:1",
    openResources: () => process.getActiveResourcesInfo().filter((name) => name === "Timeout"),
  },
);
