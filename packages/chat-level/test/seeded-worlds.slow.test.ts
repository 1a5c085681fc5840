import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatStore, MemoryChatStore } from "@im/chat";
import { afterAll, expect, it, vi } from "vitest";
import { commitsInAnyOrder, movesAllDevices } from "../../chat/test/support/broken-ways.js";
import { storeWith } from "../../chat/test/support/store-with.js";
import { brokenRulesOfWorld, type StoreHost } from "../../chat/test/support/store-world.js";
import { someTurns } from "../../gateway/test/support/shuffled-directory.js";
import { SimulatedDisk } from "../../simulation/src/kernel/simulated-level.js";
import { openLevelChatStore } from "../src/index.js";
import { visibleBeforeCommit } from "./support/broken-ways.js";
import { disks } from "./support/simulated-folders.js";

vi.mock("classic-level", async () => ({
  ClassicLevel: (await import("./support/simulated-folders.js")).FolderLevel,
}));

/** `pnpm test:long` runs the full number. */
const SEEDS = process.env.LONG_TESTS ? 20_000 : 100;
const START_MS = 1_767_225_600_000;

type Random = (below: number) => number;
type MakeHost = (random: Random) => StoreHost;

const root = mkdtempSync(join(tmpdir(), "im-chat-worlds-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

interface Faults {
  readonly ignoresSync?: boolean;
  /** What a restart forgets. */
  readonly forgets?: string;
  readonly break?: (store: ChatStore, nowMs: () => number) => Partial<ChatStore>;
}

/** A store in a folder, whose disk is slow, fails, and keeps in a crash what is synced. Its clock is set back at times. */
function inFolder({ ignoresSync = false, forgets, break: way = () => ({}) }: Faults = {}): MakeHost {
  return (random) => {
    let disk = new SimulatedDisk(random, () => someTurns(random));
    disk.ignoresSync = ignoresSync;
    const nowMs = () => START_MS + random(3);
    return {
      async start() {
        const folder = join(root, String(folders++));
        disks.set(folder, disk);
        const store = await openLevelChatStore({ folder, nowMs });
        disk.isTroubled = true;
        return storeWith(store, way(store, nowMs));
      },
      crash() {
        disk = disk.afterCrash();
        if (forgets) disk.log.push([{ type: "del", key: forgets }]);
      },
      heal() {
        disk.isTroubled = false;
      },
    };
  };
}

function inMemory(way: (store: MemoryChatStore) => Partial<ChatStore> = () => ({})): MakeHost {
  return (random) => ({
    async start() {
      const store = new MemoryChatStore({ nowMs: () => START_MS + random(3) });
      return storeWith(store, way(store));
    },
  });
}

it.each([
  ["a folder", inFolder()],
  ["memory", inMemory()],
])(
  `a store in %s breaks no rule in the worlds of ${SEEDS} seeds`,
  async (_, makeHost) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      expect([seed, ...(await brokenRulesOfWorld(seed, makeHost))]).toEqual([seed]);
    }
  },
  1_800_000,
);

it.each([
  ["does not sync", inFolder({ ignoresSync: true }), "an acknowledged message is never lost"],
  ["is visible before its commit", inFolder({ break: visibleBeforeCommit }), "what a reader has seen is never lost"],
  ["forgets its last id in a restart", inFolder({ forgets: "!state" }), "ids grow and never repeat"],
  ["commits behind ids that are visible", inMemory(commitsInAnyOrder), "no gap is behind a cursor"],
  ["moves all devices at once", inFolder({ break: movesAllDevices }), "an acknowledgement moves its own device"],
])("a store that %s is found by a seed", async (_, makeHost, rule) => {
  for (let seed = 1; seed <= 100; seed++) {
    if ((await brokenRulesOfWorld(seed, makeHost)).has(rule)) return;
  }
  expect.fail(`no seed shows that ${rule}`);
});
