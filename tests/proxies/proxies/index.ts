import { caddy } from "./caddy.js";
import { haproxy } from "./haproxy.js";
import { nginx } from "./nginx.js";
import type { ProxyKind } from "./proxy.js";

export const proxyKinds: readonly ProxyKind[] = [nginx, haproxy, caddy];
