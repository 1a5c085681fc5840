import type { Action } from "./action.js";
import { beRude } from "./be-rude.js";
import { broadcast } from "./broadcast.js";
import { catchUp } from "./catch-up.js";
import { close } from "./close.js";
import { connect } from "./connect.js";
import { flood } from "./flood.js";
import { iterate } from "./iterate.js";
import { kick } from "./kick.js";
import { push } from "./push.js";
import { reconnect } from "./reconnect.js";
import { request } from "./request.js";
import { signOut } from "./sign-out.js";
import { talk } from "./talk.js";

/** All that applications do. A new action stands here. */
export const actions: readonly Action[] = [
  connect,
  close,
  reconnect,
  request,
  push,
  broadcast,
  kick,
  signOut,
  iterate,
  beRude,
  flood,
];

/** What applications do besides in worlds with a chat. */
export const chatActions: readonly Action[] = [talk, catchUp];
