import type { Mutant } from "./mutant.js";

/** An acknowledgement of one device is one of all devices of its account. */
export const anAcknowledgementOfAllDevices: Mutant = {
  name: "an acknowledgement of all devices",
  patches: [
    {
      file: "chat/src/handlers/ack-handler.ts",
      find: "store.acknowledge(account, device, reached)",
      replace: 'store.acknowledge(account, device && "any", reached)',
    },
    {
      file: "chat/src/handlers/offline-handlers.ts",
      find: "store.position(account, device)",
      replace: 'store.position(account, device && "any")',
    },
  ],
  seed: 3,
  breaks: "an acknowledged message is never lost",
};
