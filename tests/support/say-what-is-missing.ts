/** Something that tests need, from Debian's packages. */
export interface Needed {
  readonly name: string;
  readonly packages: readonly string[];
  readonly isInstalled: boolean;
}

/**
 * Before the tests: names what is missing and skips tests. With `CI` set that is an error, on Linux alone: other systems have
 * no packages of Debian.
 */
export function sayWhatIsMissing(needed: readonly Needed[]): void {
  for (const { name, packages } of needed.filter(({ isInstalled }) => !isInstalled)) {
    const message = `the tests with ${name} are skipped: they need \`apt-get install ${packages.join(" ")}\``;
    if (process.env.CI && process.platform === "linux") throw new Error(message);
    console.warn(message);
  }
}
