/** What the server offers, and its development login. Replace the login with your own sign-in. */
export interface Server {
  readonly people: readonly string[];
  /** Where it listens for TCP. */
  readonly tcp: string;
  /** A fresh token of the development login. */
  tokenOf(account: string): Promise<string>;
}

/** Asks the server at the address of its page what it offers. */
export async function serverAt(pageUrl: string): Promise<Server> {
  const { people, tcp } = (await answerOf(await fetch(new URL("where.json", pageUrl)))) as Pick<
    Server,
    "people" | "tcp"
  >;
  return {
    people,
    tcp,
    async tokenOf(account) {
      const body = JSON.stringify({ account });
      const response = await fetch(new URL("development-login", pageUrl), { method: "POST", body });
      return ((await answerOf(response)) as { readonly token: string }).token;
    },
  };
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
