/** A session of W3C WebDriver: as much of it as the tests need. */
export class WebDriverSession {
  readonly #url: string;
  /** Stays open, since a session lives as long as its last window. */
  readonly #firstWindow: string;
  /** Commands go to the current window, so they go one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param driverUrl of a driver that may still be starting */
  static async start(driverUrl: string): Promise<WebDriverSession> {
    await whenReady(driverUrl);
    const alwaysMatch = { acceptInsecureCerts: true, timeouts: { script: 60_000 } };
    const { sessionId } = await command<{ sessionId: string }>("POST", `${driverUrl}/session`, {
      capabilities: { alwaysMatch },
    });
    const url = `${driverUrl}/session/${sessionId}`;
    return new WebDriverSession(url, await command("GET", `${url}/window`));
  }

  private constructor(url: string, firstWindow: string) {
    this.#url = url;
    this.#firstWindow = firstWindow;
  }

  async newWindow(): Promise<string> {
    const type = "window";
    const { handle } = await this.in<{ handle: string }>(this.#firstWindow, "POST", "window/new", { type });
    return handle;
  }

  in<Value>(window: string, method: string, path: string, body?: object): Promise<Value> {
    return this.#inTurn(async () => {
      await command("POST", `${this.#url}/window`, { handle: window });
      return command<Value>(method, `${this.#url}/${path}`, body);
    });
  }

  async evaluate<Result>(window: string, call: (...given: never[]) => unknown, given: unknown[]): Promise<Result> {
    // As text: the driver gives undefined back as null.
    const script = `const [given, done] = arguments;
      const settle = (outcome) => done(JSON.stringify(outcome));
      (async () => (${call})(...given))().then((value) => settle({ value }), (error) => settle({ error: String(error) }));`;
    const text = await this.in<string>(window, "POST", "execute/async", { script, args: [given] });
    const settled = JSON.parse(text) as { value?: Result; error?: string };
    if (settled.error !== undefined) throw new Error(settled.error);
    return settled.value as Result;
  }

  async end(): Promise<void> {
    await this.#inTurn(() => command("DELETE", this.#url));
  }

  #inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }
}

async function command<Value>(method: string, url: string, body?: object): Promise<Value> {
  const response = await fetch(url, { method, body: body ? JSON.stringify(body) : null });
  const { value } = (await response.json()) as { value: Value & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${method} ${url}: ${value.error}: ${value.message}`);
  return value;
}

async function whenReady(driverUrl: string): Promise<void> {
  const untilMs = performance.now() + 30_000;
  for (;;) {
    try {
      await command("GET", `${driverUrl}/status`);
      return;
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
