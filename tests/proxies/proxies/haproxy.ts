import { existsSync } from "node:fs";
import { DocumentedFile } from "./documented-file.js";
import { type ProxyKind, routes } from "./proxy.js";
import { ProxyFolder, ProxyProcess } from "./proxy-process.js";
import { RoutePorts } from "./route-ports.js";
import { reloadAt, whenServing } from "./running-proxy.js";

const PATH = "/usr/sbin/haproxy";

export const haproxy: ProxyKind = {
  name: "HAProxy",
  packages: ["haproxy"],
  isInstalled: existsSync(PATH),
  routes: Object.values(routes),
  idlesOut: true,
  async start({ upstreams, certificate: { key, cert }, idleSeconds, drainSeconds }) {
    const folder = new ProxyFolder();
    const ports = await RoutePorts.find(haproxy.routes);
    const places = ports.places(
      (port) => `bind :${port}`,
      (port) => `bind 127.0.0.1:${port}`,
    );
    const file = new DocumentedFile("haproxy")
      .replaceUpstreams(upstreams)
      .replaceAll(places)
      .replace("200s", `${idleSeconds}s`)
      .replace("10m", `${drainSeconds}s`)
      .replace("100000", "1000")
      .replace("/etc/im/cert-and-key.pem", folder.write("cert-and-key.pem", `${cert}\n${key}`));
    const path = folder.write("haproxy.cfg", String(file));
    const process = new ProxyProcess(PATH, ["-W", "-db", "-f", path], folder);
    const serving = "Loading success";
    // What `systemctl reload haproxy` does.
    const reload = reloadAt("SIGUSR2", process, serving);
    return whenServing({ process, folder, ports, serving, reload, stopSignal: "SIGTERM" });
  },
};
