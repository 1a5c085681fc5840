import { describeTransport } from "@im/transport-compliance";
import { createMemoryNetwork } from "@im/transport-compliance/memory";
import { describe, it } from "vitest";

const network = createMemoryNetwork();

describeTransport({ describe, it }, { name: "memory", ...network, badAddress: "memory://nobody:1" });
