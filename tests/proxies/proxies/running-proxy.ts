import type { RunningProxy } from "./proxy.js";
import type { ProxyFolder, ProxyProcess } from "./proxy-process.js";
import type { RoutePorts } from "./route-ports.js";

interface Started {
  readonly process: ProxyProcess;
  readonly folder: ProxyFolder;
  readonly ports: RoutePorts;
  /** What it prints when it serves. */
  readonly serving: string;
  readonly reload: () => Promise<void>;
  /** Makes it end at once. */
  readonly stopSignal: NodeJS.Signals;
}

/** Resolves when the proxy serves. If it does not, nothing of it is left. @throws with all that it printed */
export async function whenServing(started: Started): Promise<RunningProxy> {
  const { process, folder, ports, serving, reload, stopSignal } = started;
  const stop = async () => {
    await process.stop(stopSignal);
    folder.remove();
  };
  try {
    await process.printed(serving);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: (route) => ports.address(route),
    reload,
    stop,
    get log() {
      return process.log;
    },
  };
}

/** The reload of a proxy that reloads at a signal, and prints the same line each time that it serves. */
export function reloadAt(signal: NodeJS.Signals, process: ProxyProcess, serving: string): () => Promise<void> {
  let generations = 1;
  return () => {
    generations++;
    process.signal(signal);
    return process.printed(serving, generations);
  };
}
