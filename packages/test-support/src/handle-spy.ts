import { Socket } from "node:net";
import { onTestFinished } from "vitest";

type HandleMethod = (this: object, ...args: unknown[]) => unknown;
type Handle = Record<string, HandleMethod>;

/**
 * Calls `seen` whenever Node calls one of these methods of a TCP handle, on any socket of this process.
 *
 * A handle is the last of a socket that is JavaScript: behind it is libuv, which makes one `write` or `writev` system
 * call of each `writeBuffer`, `writev` … while the system has room. Above it nothing shows system calls: `Socket.write`
 * is called once per piece also when the pieces are corked. Watching with strace would prove the same on Linux only.
 */
export function spyOnHandles(
  methods: readonly string[],
  seen: (method: string, args: readonly unknown[]) => void,
): void {
  const socket = new Socket();
  // Makes a handle, and nothing else happens before the next turn.
  socket.on("error", () => {}).connect({ port: 9, host: "127.0.0.1" });
  const handle = (socket as unknown as { _handle: Handle })._handle;
  const owner = (method: string): Handle => {
    let prototype = Object.getPrototypeOf(handle) as Handle;
    while (!Object.hasOwn(prototype, method)) prototype = Object.getPrototypeOf(prototype);
    return prototype;
  };
  for (const method of methods) {
    const prototype = owner(method);
    const original = prototype[method]!;
    prototype[method] = function (...args) {
      // Pipes, such as that to the test runner, share some of the methods.
      if (Object.getPrototypeOf(this) === Object.getPrototypeOf(handle)) seen(method, args);
      return original.apply(this, args);
    };
    onTestFinished(() => {
      prototype[method] = original;
    });
  }
  socket.destroy();
}

/** Every way in which a socket hands bytes over. */
const writeMethods = [
  "writeBuffer",
  "writev",
  "writeUtf8String",
  "writeAsciiString",
  "writeLatin1String",
  "writeUcs2String",
] as const;

/** The writes of all TCP sockets of this process from now on. */
export function countWrites(): { readonly writes: readonly string[] } {
  const writes: string[] = [];
  spyOnHandles(writeMethods, (method) => writes.push(method));
  return { writes };
}
