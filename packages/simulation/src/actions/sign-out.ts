import { type Action, anyClient } from "./action.js";

export const signOut: Action = {
  name: "sign-out",
  weight: 1,
  run(world, random) {
    const { process, client } = anyClient(world, random);
    process.poll(() => client.request("login.signout").catch(() => {}));
  },
};
