/** Sockets, listening or connected, and timers that keep the process alive, one word each. */
export function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Pipe|Timeout)/.test(name));
}
