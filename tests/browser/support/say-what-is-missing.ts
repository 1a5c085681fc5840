import { browserKinds } from "../browsers/index.js";

/** Before the tests: tells which browsers are missing. Where everything is to be tested that is an error. */
export default function sayWhatIsMissing(): void {
  for (const { name, packages } of browserKinds.filter(({ isInstalled }) => !isInstalled)) {
    const message = `the tests in ${name} are skipped: they need \`apt-get install ${packages.join(" ")}\``;
    if (process.env.CI) throw new Error(message);
    console.warn(message);
  }
}
