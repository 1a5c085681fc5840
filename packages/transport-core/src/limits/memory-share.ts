/** What is used of Node's `process`. */
interface HostProcess {
  /** What a container or the like allows; 0 or more than there is if nothing does. */
  constrainedMemory?(): number | undefined;
  getBuiltinModule?(name: "os"): { totalmem(): number } | undefined;
}

const SHARE = 1 / 4;
const UNKNOWN_MEMORY_BYTES = 1024 * 1024 * 1024;

/**
 * A quarter of the memory that the process may use: of the machine's, or of what its container allows if that is less. The
 * limit of V8's heap does not count, since the bytes of buffers lie outside of it.
 */
export function memoryShareBytes(): number {
  const { process } = globalThis as { process?: HostProcess };
  const known = [process?.constrainedMemory?.(), process?.getBuiltinModule?.("os")?.totalmem()];
  const bytes = Math.min(...known.map((each) => each || Number.POSITIVE_INFINITY));
  return Math.floor(SHARE * (bytes === Number.POSITIVE_INFINITY ? UNKNOWN_MEMORY_BYTES : bytes));
}
