// The compliance suite, in a page: its dialer is the browser entry's, its servers listen at the other end of a bridge.

import { type CaseId, runCase } from "@im/transport-compliance";
import { createServer } from "@im/transport-core/authoring";
import { rejectUnknownOptions, serverOptionNames } from "@im/transport-core/internal";
import { wsDialer } from "@im/transport-ws";
import { Bridge } from "./bridge/bridge-listener.js";

let bridge: Bridge;

const program = {
  async openBridge(url: string): Promise<void> {
    bridge = await Bridge.open(url);
  },
  /** @returns what broke, or undefined */
  async run(id: CaseId): Promise<string | undefined> {
    try {
      await runCase(
        {
          name: "ws in a browser",
          createServer(options, at) {
            rejectUnknownOptions(options, serverOptionNames);
            return createServer(bridge.createListener(at?.port ?? 0), options);
          },
          createDialer: wsDialer,
          badAddress: "ws://127.0.0.1:1",
        },
        id,
        // Every byte goes through the page twice, and through the bridge.
        { deadlineMs: 20_000 },
      );
      return undefined;
    } catch (error) {
      return String((error as Error).stack ?? error);
    }
  },
};

export type ComplianceProgram = typeof program;
Object.assign(globalThis, { program, isReady: true });
