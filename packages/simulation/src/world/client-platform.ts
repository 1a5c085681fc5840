import type { Dialer } from "@im/transport-core";
import type { Kernel } from "../kernel/kernel.js";
import { SimulatedProcess } from "../kernel/simulated-process.js";
import { Page } from "../page/page.js";
import { pageGlobalsOf } from "../page/page-globals.js";
import { platformWebSocketOf } from "../page/platform-web-socket.js";
import type { PageProduct, Product } from "../product/evaluate.js";
import type { PlatformKind, Transport } from "./transports.js";

/** What the application of a client runs on. */
export interface ClientPlatform {
  readonly transport: Transport;
  /** Of the application. */
  readonly process: SimulatedProcess;
  /** All of its machine. */
  readonly processes: readonly SimulatedProcess[];
  readonly page: Page | undefined;
  readonly product: Omit<PageProduct, "wsDialer">;
  readonly dialer: Dialer;
}

/** Where the product comes from, and how it dials. */
interface Loader {
  readonly kernel: Kernel;
  readonly dialerOptions: { readonly writeWaitMs: number; readonly closeWaitMs: number };
  load(process: SimulatedProcess, host: string): Product;
  loadPage(globals: Readonly<Record<string, unknown>>): PageProduct;
}

export function startPlatform(loader: Loader, kind: PlatformKind, name: string, host: string): ClientPlatform {
  return kind === "page" ? startPage(loader, name, host) : startNode(loader, kind, name, host);
}

function startNode(loader: Loader, transport: Transport, name: string, host: string): ClientPlatform {
  const process = new SimulatedProcess(loader.kernel, name);
  const product = loader.load(process, host);
  const createDialer = transport === "tcp" ? product.tcpDialer : product.wsDialer;
  const dialer = createDialer(loader.dialerOptions);
  return { transport, process, processes: [process], page: undefined, product, dialer };
}

function startPage(loader: Loader, name: string, host: string): ClientPlatform {
  const process = new SimulatedProcess(loader.kernel, name);
  const browser = new SimulatedProcess(loader.kernel, `${name}.browser`);
  const page = new Page(process);
  const WebSocket = platformWebSocketOf(process, { process: browser, product: loader.load(browser, host) });
  const product = loader.loadPage(pageGlobalsOf(page, WebSocket));
  const dialer = product.wsDialer(loader.dialerOptions);
  return { transport: "ws", process, processes: [process, browser], page, product, dialer };
}
