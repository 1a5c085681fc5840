import type { Acceptor, TransportError } from "@im/transport-core";
import { loginByName } from "./watched-server.js";

/** A login by name that does something else for some names. */
export function loginOr(exceptions: Record<string, () => string>): Acceptor {
  return {
    async accept(conn, options) {
      const name = (await loginByName.accept(conn, options)) as string;
      return exceptions[name]?.() ?? name;
    },
  };
}

/** A login by name that, for the name `slow`, waits until its signal aborts, and then still gives the id. */
export function slowLogin() {
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  /** What the signals were aborted with. */
  const aborted: TransportError[] = [];
  const acceptor: Acceptor = {
    async accept(conn, options) {
      const id = await loginByName.accept(conn, options);
      if (id !== "slow") return id;
      const { signal } = options;
      const over = new Promise((resolve) => signal.addEventListener("abort", resolve));
      begun();
      await over;
      aborted.push(signal.reason);
      return id;
    },
  };
  return { acceptor, hasBegun, aborted };
}
