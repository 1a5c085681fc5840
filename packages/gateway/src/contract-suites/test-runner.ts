/** What the suites use of a test runner; vitest, node:test and mocha have it. */
export interface TestRunner {
  describe(title: string, define: () => void): unknown;
  it(title: string, test: () => Promise<void>): unknown;
}

/** An adapter under test, made anew for each case. */
export interface Fixture<Port> {
  readonly port: Port;
  /** Lets so many milliseconds pass for the port, by a clock of its own or by waiting. */
  elapse(ms: number): void | Promise<void>;
  /** Ends it after the case. */
  close?(): void | Promise<void>;
}

/** Makes an adapter with nothing in it. */
export type CreateFixture<Port> = () => Fixture<Port> | Promise<Fixture<Port>>;

/** A rule, and what shows that it holds. Rejects with what broke. */
export type Case<Port> = (port: Port, elapse: (ms: number) => Promise<void>) => Promise<void>;

export function describeCases<Port>(
  { describe, it }: TestRunner,
  title: string,
  cases: Readonly<Record<string, Case<Port>>>,
  create: CreateFixture<Port>,
): void {
  describe(title, () => {
    for (const [rule, run] of Object.entries(cases)) it(rule, () => runCase(run, create));
  });
}

async function runCase<Port>(run: Case<Port>, create: CreateFixture<Port>): Promise<void> {
  const fixture = await create();
  try {
    await run(fixture.port, async (ms) => fixture.elapse(ms));
  } finally {
    await fixture.close?.();
  }
}
