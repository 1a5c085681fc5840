/** An error as Node makes it of the system's. */
export function systemError(code: string, call: string, where = ""): NodeJS.ErrnoException {
  return Object.assign(new Error(`${call} ${code}${where && ` ${where}`}`), { code, syscall: call, errno: -1 });
}
