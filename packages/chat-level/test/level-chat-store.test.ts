import { describeChatStore, describeDurableChatStore } from "@im/chat/contract-suites";
import { describe, it } from "vitest";
import { crashingFolder } from "./support/crashing-folder.js";

describeChatStore({ describe, it }, "in a folder", () => crashingFolder());
describeDurableChatStore({ describe, it }, "in a folder", () => crashingFolder());
