import { existsSync } from "node:fs";
import { DocumentedFile } from "./documented-file.js";
import { type ProxyKind, routes } from "./proxy.js";
import { ProxyFolder, ProxyProcess } from "./proxy-process.js";
import { RoutePorts } from "./route-ports.js";
import { reloadAt, whenServing } from "./running-proxy.js";

const PATH = "/usr/sbin/nginx";
const MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";

/** Where Debian's lets nginx write, root may. */
const writable = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((name) => `${name}_temp_path ${name};`)
  .join(" ");

export const nginx: ProxyKind = {
  name: "nginx",
  packages: ["nginx", "libnginx-mod-stream"],
  isInstalled: existsSync(PATH) && existsSync(MODULE),
  routes: Object.values(routes),
  idlesOut: true,
  async start({ upstreams, certificate, idleSeconds, drainSeconds }) {
    const folder = new ProxyFolder();
    const ports = await RoutePorts.find(nginx.routes);
    const places = ports.places(
      (port) => `listen ${port}`,
      (port) => `listen 127.0.0.1:${port}`,
    );
    const file = new DocumentedFile("nginx")
      .replaceUpstreams(upstreams)
      .replaceAll(places)
      .replace("include /etc/nginx/modules-enabled/*.conf", `load_module ${MODULE}`)
      .replace("200s", `${idleSeconds}s`)
      .replace("10m", `${drainSeconds}s`)
      .replace("100000", "1000")
      .replace("/etc/im/cert.pem", folder.write("cert.pem", certificate.cert))
      .replace("/etc/im/key.pem", folder.write("key.pem", certificate.key))
      .replace("http {", `http { access_log access.log; ${writable}`);
    const path = folder.write("nginx.conf", String(file));
    const globals = "daemon off; pid nginx.pid; error_log stderr notice;";
    const process = new ProxyProcess(PATH, ["-p", folder.path, "-c", path, "-g", globals], folder);
    const serving = "start worker processes";
    // What `nginx -s reload` does.
    const reload = reloadAt("SIGHUP", process, serving);
    return whenServing({ process, folder, ports, serving, reload, stopSignal: "SIGTERM" });
  },
};
