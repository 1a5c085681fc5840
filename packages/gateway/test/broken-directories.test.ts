import { expect, it } from "vitest";
import { describeSessionDirectory } from "../src/contract-suites/index.js";
import { type EnteredSession, type EnterOptions, MemorySessionDirectory, type SessionRecord } from "../src/index.js";
import { brokenRules } from "./support/broken-rules.js";

class DirectoryThatDeletesBlindly extends MemorySessionDirectory {
  override leave(session: SessionRecord) {
    const [current] = this.find([session.account]).filter(({ device }) => device === session.device);
    return super.leave(current ?? session);
  }
}

class DirectoryThatJoins extends MemorySessionDirectory {
  override enter(session: SessionRecord) {
    // Account and device in one text, as kim has it.
    return super.enter({ ...session, account: `${session.account},${session.device}`.split(",")[0]! });
  }
}

class DirectoryOfOneDevice extends MemorySessionDirectory {
  override enter(session: SessionRecord) {
    return super.enter({ ...session, device: "any" });
  }
}

class DirectoryThatLetsAnybodyBack extends MemorySessionDirectory {
  override enter(session: SessionRecord) {
    return super.enter(session);
  }
}

class DirectoryWithoutConnects extends MemorySessionDirectory {
  override enter({ connectId: _, ...session }: SessionRecord, options?: EnterOptions) {
    return super.enter({ ...session, connectId: session.channelId }, options);
  }
}

class DirectoryThatKeepsPlacesOfTheDead extends MemorySessionDirectory {
  readonly #held = new Map<string, SessionRecord>();
  override enter(session: SessionRecord, options?: EnterOptions) {
    const entered = super.enter(session, options);
    const holder = this.#held.get(session.account);
    this.#held.set(session.account, session);
    return options?.isReconnect && holder ? { holder, epoch: 0, displaced: [], isFirst: false } : entered;
  }
}

class DirectoryThatLooksFirst extends MemorySessionDirectory {
  override enter(session: SessionRecord, options?: EnterOptions): never {
    const [holder] = this.find([session.account]).filter(({ device }) => device === session.device);
    const isKept = options?.isReconnect && holder && holder.connectId !== session.connectId;
    const kept = { holder, epoch: 0, displaced: [], isFirst: false };
    return Promise.resolve().then(() => (isKept ? kept : super.enter(session))) as never;
  }
}

class DirectoryOfAnyNumber extends MemorySessionDirectory {
  override enter(session: SessionRecord, { isReconnect }: EnterOptions = {}) {
    return super.enter(session, { isReconnect });
  }
}

class DirectoryThatDisplacesTheNewest extends MemorySessionDirectory {
  override enter(session: SessionRecord, options: EnterOptions = {}) {
    const { maxDevices = Number.POSITIVE_INFINITY, ...others } = options;
    const newest = this.find([session.account])
      .filter(({ device }) => device !== session.device)
      .slice(Math.max(0, maxDevices - 1));
    for (const one of newest) this.leave(one);
    const entered = super.enter(session, { ...others });
    return { ...entered, displaced: [...entered.displaced, ...newest] };
  }
}

class DirectoryThatCountsTheDead extends MemorySessionDirectory {
  readonly #devices = new Map<string, SessionRecord>();
  override enter(session: SessionRecord, options?: EnterOptions) {
    const entered = super.enter(session, options);
    this.#devices.set(session.device, session);
    const isOver = this.#devices.size > (options?.maxDevices ?? Number.POSITIVE_INFINITY);
    return isOver ? { ...entered, displaced: [...this.#devices.values()].slice(0, 1) } : entered;
  }
}

class DirectoryWithoutLeases extends MemorySessionDirectory {
  override renew(gatewayId: string) {
    return super.renew(gatewayId, Number.POSITIVE_INFINITY);
  }
}

class DirectoryThatRestoresBlindly extends MemorySessionDirectory {
  override restore(sessions: readonly EnteredSession[], options?: EnterOptions) {
    return super.restore(
      sessions.map((one) => ({ ...one, epoch: Number.MAX_SAFE_INTEGER - 1 })),
      options,
    );
  }
}

class DirectoryWithoutEpochs extends MemorySessionDirectory {
  override enter(session: SessionRecord, options?: EnterOptions) {
    return { ...super.enter(session, options), epoch: 0 };
  }
}

/** Its epochs begin anew when its data is lost. */
class DirectoryThatCountsEpochs extends MemorySessionDirectory {
  constructor() {
    super(() => 0);
  }
}

class DirectoryThatRestoresAnyNumber extends MemorySessionDirectory {
  override restore(sessions: readonly EnteredSession[]) {
    return super.restore(sessions);
  }
}

/** The last to be put back is the newest. */
class DirectoryThatEntersAgain extends MemorySessionDirectory {
  override restore(sessions: readonly EnteredSession[], options?: EnterOptions) {
    return sessions.map(({ session }) => {
      const { displaced } = super.enter(session, options);
      return { outcome: "restored" as const, displaced };
    });
  }
}

it.each([
  ["deletes without comparing", DirectoryThatDeletesBlindly, "compares before it deletes"],
  ["joins texts by commas", DirectoryThatJoins, "takes any text for account and device"],
  ["knows one device", DirectoryOfOneDevice, "keeps the devices of an account apart"],
  [
    "lets anybody back",
    DirectoryThatLetsAnybodyBack,
    "keeps the place of a session from reconnects of another connect",
  ],
  ["keeps no ids of connects", DirectoryWithoutConnects, "lets a client reconnect to its own place"],
  [
    "keeps places of the dead",
    DirectoryThatKeepsPlacesOfTheDead,
    "keeps no place for a session whose gateway has lost",
  ],
  ["looks before it enters", DirectoryThatLooksFirst, "is atomic for reconnects as well"],
  ["allows any number of devices", DirectoryOfAnyNumber, "displaces the oldest sessions of an account beyond"],
  ["displaces the newest", DirectoryThatDisplacesTheNewest, "displaces the oldest sessions of an account beyond"],
  ["lets anybody back", DirectoryThatLetsAnybodyBack, "refuses reconnects to an account that has maxDevices"],
  ["counts the dead", DirectoryThatCountsTheDead, "counts no session for maxDevices whose gateway has lost"],
  ["puts sessions back without comparing epochs", DirectoryThatRestoresBlindly, "compares epochs before it puts"],
  ["has no epochs", DirectoryWithoutEpochs, "gives each entry of an account a larger epoch"],
  ["loses its count of epochs", DirectoryThatCountsEpochs, "takes a sign-in to an emptied directory for newer"],
  ["puts back any number of devices", DirectoryThatRestoresAnyNumber, "displaces the oldest beyond maxDevices when it"],
  ["puts sessions back as new ones", DirectoryThatEntersAgain, "leaves a place to the newer session, whichever"],
  ["has no leases", DirectoryWithoutLeases, "does not find sessions whose gateway has lost its lease"],
])("a directory that %s is found out", async (_, Directory, rule) => {
  const rules = await brokenRules((runner) => {
    describeSessionDirectory(runner, "broken", () => {
      let nowMs = 0;
      const elapse = (ms: number) => {
        nowMs += ms;
      };
      const port = new Directory(() => nowMs);
      return { port, elapse, empty: () => port.clear() };
    });
  });
  expect(rules).toContainEqual(expect.stringContaining(rule));
});
