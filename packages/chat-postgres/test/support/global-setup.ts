import type { TestProject } from "vitest/node";
import { sayWhatIsMissing } from "../../../../tests/support/say-what-is-missing.js";
import { hasPostgres, PostgresServer } from "./postgres-server.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the server that the files of a run share; without Debian's package there is none. */
    readonly postgresFolder: string | undefined;
  }
}

export default async function startPostgres(project: TestProject) {
  sayWhatIsMissing([{ name: "Postgres", packages: ["postgresql"], isInstalled: hasPostgres }]);
  const server = hasPostgres ? await PostgresServer.start(["max_connections=200"]) : undefined;
  project.provide("postgresFolder", server?.folder);
  return () => server?.remove();
}
