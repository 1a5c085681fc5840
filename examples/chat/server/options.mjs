import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const definitions = {
  port: { type: "string", default: "8650" }, // 0 for any that is free
  "tcp-port": { type: "string", default: "8651" },
  data: { type: "string", default: fileURLToPath(new URL("../data", import.meta.url)) },
  memory: { type: "boolean", default: false }, // keep messages in memory only
  redis: { type: "string" }, // what the gateways of a cluster share
  postgres: { type: "string" }, // their messages
  "gateway-id": { type: "string", default: "chat" }, // the id of the gateway begins with this
  workers: { type: "string" }, // gateways on this host, each a process
};

/** The options of the command line. @throws an error that says which option is wrong */
export function readOptions() {
  const { values: options } = parseArgs({ options: definitions });
  const { memory, redis, postgres, workers } = options;
  const isInCluster = redis !== undefined && postgres !== undefined;
  if (workers !== undefined && !/^[1-9]\d{0,2}$/.test(workers)) {
    throw new Error("--workers must be a number of processes, from 1 to 999");
  }
  if (workers !== undefined && !isInCluster) {
    throw new Error("--workers needs --redis and --postgres: each worker is a gateway of one cluster");
  }
  if (!isInCluster && redis !== undefined) throw new Error("--redis needs --postgres: gateways share their messages");
  if (!isInCluster && postgres !== undefined)
    throw new Error("--postgres needs --redis: gateways share their sessions");
  if (memory && isInCluster) throw new Error("--memory keeps messages in one process: leave it out beside --postgres");
  return options;
}
