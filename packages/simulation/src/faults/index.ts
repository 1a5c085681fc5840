import { badLink } from "./bad-link.js";
import { clockJump } from "./clock-jump.js";
import { crash } from "./crash.js";
import { directoryOutage } from "./directory-outage.js";
import { emptiedDirectory } from "./emptied-directory.js";
import type { Fault } from "./fault.js";
import { hidePage } from "./hide-page.js";
import { leavePage } from "./leave-page.js";
import { loseNetwork } from "./lose-network.js";
import { partition } from "./partition.js";
import { pause } from "./pause.js";
import { reset } from "./reset.js";
import { shutdown } from "./shutdown.js";
import { sleep } from "./sleep.js";
import { stall } from "./stall.js";
import { storeCrash } from "./store-crash.js";

/** All that goes wrong. A new fault stands here. */
export const faults: readonly Fault[] = [
  crash,
  shutdown,
  stall,
  sleep,
  clockJump,
  partition,
  reset,
  badLink,
  hidePage,
  leavePage,
  loseNetwork,
];

/** What goes wrong with leases and the directory besides. */
export const directoryFaults: readonly Fault[] = [emptiedDirectory, directoryOutage, pause];

/** What goes wrong besides in worlds with a chat. */
export const chatFaults: readonly Fault[] = [storeCrash];
