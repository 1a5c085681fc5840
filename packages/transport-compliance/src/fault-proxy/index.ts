export { FaultProxy, type FaultProxyOptions, type ProxyStatistics, startFaultProxy } from "./fault-proxy.js";
export type { DirectionFaults, Faults } from "./faults.js";
export type { Direction, Link } from "./link.js";
export type { PipeStatistics } from "./pipe.js";
