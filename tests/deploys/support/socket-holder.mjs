// Stands for systemd: opens sockets, and runs a program on them again and again. Arguments: how often, the program, the names of the
// sockets. While the program runs, this process stands still; so it accepts no connection itself.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

const [runs, program, ...names] = process.argv.slice(2);
const servers = names.map(() => createServer().listen(0, "127.0.0.1"));
await Promise.all(servers.map((server) => once(server, "listening")));
console.log(`PORTS ${servers.map((server) => server.address().port).join(" ")}`);

const descriptors = servers.map((server) => server._handle.fd);
const env = { ...process.env, LISTEN_FDS: `${names.length}`, LISTEN_FDNAMES: names.join(":") };
const args = ["-c", 'LISTEN_PID=$$ exec "$@"', "sh", process.execPath, program];
for (let run = 0; run < Number(runs); run++) {
  spawnSync("sh", args, { env, stdio: ["ignore", "inherit", "inherit", ...descriptors] });
}
process.exit();
