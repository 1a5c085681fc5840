// Signs and checks the tokens with which clients sign in: JWTs by HS256, with the claims `acc`, `app` and `exp`.
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { jwtVerify, SignJWT } from "jose";

const APP = "chat-example";

export class Tokens {
  #key;

  constructor(key) {
    this.#key = key;
  }

  /** The key is made once and kept beside the messages, so that tokens outlive a restart; without a folder they do not. */
  static async open(folder) {
    if (!folder) return new Tokens(randomBytes(32));
    const file = `${folder}/token-key`;
    await mkdir(folder, { recursive: true });
    // The file appears whole or not at all, whenever the process ends.
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, randomBytes(32), { mode: 0o600 });
    try {
      await link(draft, file);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    await rm(draft);
    return new Tokens(await readFile(file));
  }

  /** A token for an hour. */
  sign(account) {
    const header = { alg: "HS256", typ: "JWT" };
    return new SignJWT({ acc: account, app: APP }).setProtectedHeader(header).setExpirationTime("1h").sign(this.#key);
  }

  /** The claims of a token that we signed and that has not expired; undefined for any other. */
  async verify(token) {
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: ["HS256"], requiredClaims: ["acc", "exp"] });
      return payload;
    } catch {
      return undefined;
    }
  }
}
