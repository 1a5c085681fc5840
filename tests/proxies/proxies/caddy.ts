import { existsSync } from "node:fs";
import { join } from "node:path";
import { DocumentedFile } from "./documented-file.js";
import { type ProxyKind, routes } from "./proxy.js";
import { ProxyFolder, ProxyProcess, runInFolder } from "./proxy-process.js";
import { RoutePorts } from "./route-ports.js";
import { whenServing } from "./running-proxy.js";

const PATH = "/usr/bin/caddy";

export const caddy: ProxyKind = {
  name: "Caddy",
  packages: ["caddy"],
  isInstalled: existsSync(PATH),
  // Debian's has no module for TCP.
  routes: [routes.ws, routes.wss],
  idlesOut: false,
  async start({ upstreams, certificate }) {
    const folder = new ProxyFolder();
    const ports = await RoutePorts.find(caddy.routes);
    const places = ports.places(
      (port) => `://:${port}`,
      (port) => `://127.0.0.1:${port}`,
    );
    const admin = `unix/${join(folder.path, "admin.sock")}`;
    const file = new DocumentedFile("caddyfile")
      .replaceUpstreams(upstreams)
      .replaceAll(places)
      .replace("/etc/im/cert.pem", folder.write("cert.pem", certificate.cert))
      .replace("/etc/im/key.pem", folder.write("key.pem", certificate.key))
      .replace("auto_https disable_redirects", `auto_https disable_redirects\n\tadmin ${admin}`);
    const path = folder.write("Caddyfile", String(file));
    const process = new ProxyProcess(PATH, ["run", "--config", path], folder);
    const serving = "serving initial configuration";
    const reload = () => runInFolder(PATH, ["reload", "--force", "--address", admin, "--config", path], folder);
    return whenServing({ process, folder, ports, serving, reload, stopSignal: "SIGKILL" });
  },
};
