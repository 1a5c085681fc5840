import type { GatewayLife } from "../world/gateway-life.js";
import { encodeJson } from "../world/json.js";
import type { NoteBody } from "../world/ledger.js";
import { sleep } from "../world/sleep.js";
import type { World } from "../world/world.js";
import { type Action, anyGateway } from "./action.js";

/** One gateway pushes some numbered notes to an account, each when the one before is on its way. */
export const push: Action = {
  name: "push",
  weight: 6,
  run(world, random) {
    const life = anyGateway(world, random);
    const account = `a${random.int(1, world.options.accounts)}`;
    const notes = random.pick([1, 5, 40]);
    const pauseMs = random.pick([0, 0, 20]);
    const pad = "x".repeat(random.pick([0, 100, 3_000, 9_000]));
    life?.process.poll(() => void pushAll(world, life, account, { notes, pauseMs, pad }));
  },
};

/** Pushes one note, and reports to the observers which sessions of this gateway took it. */
export async function pushNote(world: World, life: GatewayLife, account: string, note: NoteBody): Promise<void> {
  const before = new Set(life.gateway.sessions());
  const listed = listedChannels(world, account);
  const report = await life.gateway.push(account, "note", encodeJson(note));
  const failed = new Set(report.failed.map(({ channelId }) => channelId));
  // Sessions that came or went meanwhile may have been asked or not, and so may those that the directory had lost.
  const stayed = report.delivered > 0 ? [...life.gateway.sessions()].filter((session) => before.has(session)) : [];
  const stillListed = listedChannels(world, account);
  const channelIds = stayed
    .map(({ channelId }) => channelId)
    .filter((id) => listed.has(id) && stillListed.has(id) && !failed.has(id));
  world.observe((observer) => observer.notePushed?.({ ...note, account, life, channelIds }));
}

function listedChannels({ ports }: World, account: string): Set<string> {
  return new Set(ports.directory.find([account]).map(({ channelId }) => channelId));
}

async function pushAll(
  world: World,
  life: GatewayLife,
  account: string,
  { notes, pauseMs, pad }: { notes: number; pauseMs: number; pad: string },
): Promise<void> {
  const source = world.pushes.nextSource();
  world.kernel.write(life.name, `pushes ${notes} notes of ${source} to ${account}`);
  for (let number = 1; number <= notes; number++) {
    await pushNote(world, life, account, { source, number, pad });
    if (pauseMs > 0) await sleep(life.process, pauseMs);
  }
}
