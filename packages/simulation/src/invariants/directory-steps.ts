import type { SessionRecord } from "@im/gateway";
import type { Invariant } from "./invariant.js";

const idsOf = (sessions: readonly SessionRecord[]) => new Set(sessions.map(({ channelId }) => channelId));

/** Entering takes away those that it displaces, leaving the one that leaves, and neither any other session. */
export const directorySteps: Invariant = (world) => {
  world.observers.push({
    portActed(act) {
      if (act.what !== "enter" && act.what !== "leave") return;
      const { what, session, before, after, displaced, isReconnect } = act;
      // A session whose gateway has no lease is not live.
      const living = idsOf(before);
      const isOther = (one: SessionRecord) => one.connectId !== session.connectId && living.has(one.channelId);
      if (isReconnect && displaced.some(isOther)) {
        world.violate("a reconnecting client displaces no other session", `${session.account}/${session.device} did`);
      }
      const gone = idsOf(what === "leave" ? [session] : displaced);
      const left = idsOf(after);
      for (const { channelId, account, device } of before) {
        if (left.has(channelId) || gone.has(channelId)) continue;
        world.violate(
          "the directory removes only the session that leaves or is displaced",
          `a call of ${what} removed one of ${account}/${device}`,
        );
      }
    },
  });
  return {};
};
