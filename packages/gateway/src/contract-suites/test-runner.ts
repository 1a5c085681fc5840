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
export type CreateFixture<Port, Own extends Fixture<Port> = Fixture<Port>> = () => Own | Promise<Own>;

/** A rule, and what shows that it holds. Rejects with what broke. */
export type Case<Port, Own extends Fixture<Port> = Fixture<Port>> = (
  port: Port,
  elapse: (ms: number) => Promise<void>,
  fixture: Own,
) => Promise<void>;

export function describeCases<Port, Own extends Fixture<Port> = Fixture<Port>>(
  { describe, it }: TestRunner,
  title: string,
  cases: Readonly<Record<string, Case<Port, Own>>>,
  create: CreateFixture<Port, Own>,
): void {
  describe(title, () => {
    for (const [rule, run] of Object.entries(cases)) it(rule, () => runCase(run, create));
  });
}

async function runCase<Port, Own extends Fixture<Port>>(
  run: Case<Port, Own>,
  create: CreateFixture<Port, Own>,
): Promise<void> {
  const fixture = await create();
  try {
    await run(fixture.port, async (ms) => fixture.elapse(ms), fixture);
  } finally {
    await fixture.close?.();
  }
}
