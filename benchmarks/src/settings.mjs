import { mostConnections } from "./open-file-limit.mjs";

/** How long and how often a full run measures, on a machine that does nothing else. */
const full = {
  rounds: 5,
  warmupMs: 1000,
  measureMs: 1500,
  manyConnections: 10_000,
  settleMs: 3000,
  inProcess: { warmupMs: 500, measureMs: 1000 },
};

/** Shows that everything works, within two minutes. */
const quick = {
  rounds: 1,
  warmupMs: 300,
  measureMs: 500,
  manyConnections: 2000,
  settleMs: 500,
  inProcess: { warmupMs: 200, measureMs: 100 },
};

export function settingsOf(options) {
  const settings = options.quick ? quick : full;
  const manyConnections = Math.min(settings.manyConnections, mostConnections());
  return { ...settings, manyConnections, rounds: options.rounds ?? settings.rounds };
}
