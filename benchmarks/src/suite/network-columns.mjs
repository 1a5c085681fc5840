/** Columns of the tables of servers. */
export const serverCpu = { figure: "serverCpuUsPerMessage", label: "server CPU per message", unit: "µs" };
export const rate = { figure: "messagesPerSecond", label: "messages a second", unit: "" };
export const serverBusy = { figure: "serverBusy", label: "server busy", unit: "%", scale: 100 };
export const loadBusy = { figure: "busy", label: "load busy", unit: "%", scale: 100 };
