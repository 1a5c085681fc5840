import { ifRejected } from "@im/transport-core/internal";

/** Calls a listener of the application. @param failed is called with what it throws, or rejects with */
export function callListener(call: () => unknown, failed: (error: unknown) => void): void {
  try {
    ifRejected(call(), failed);
  } catch (error) {
    failed(error);
  }
}
