import cluster from "node:cluster";

const FIRST_DESCRIPTOR = 3;

/**
 * The descriptors of the sockets that systemd has opened for this program, by the FileDescriptorName of each; see
 * sd_listen_fds(3). Empty without socket activation. In a worker of `node:cluster` they are the primary's.
 */
export function inheritedSockets({ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = "" } = process.env) {
  // Other programs that inherit the variables do not have the sockets.
  if (Number(LISTEN_PID) !== (cluster.isWorker ? process.ppid : process.pid)) return {};
  const names = LISTEN_FDNAMES.split(":").slice(0, Number(LISTEN_FDS));
  return Object.fromEntries(names.map((name, index) => [name, FIRST_DESCRIPTOR + index]));
}
