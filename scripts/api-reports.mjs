// Writes what each entry of each public package exports, with its types, to the package's api/*.api.md, so that a change of the public
// surface is a visible diff. With --check it writes nothing, and fails if a report is stale. It reads what is built.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const isCheck = process.argv.includes("--check");
const fresh = mkdtempSync(join(tmpdir(), "im-api-"));

/** The reports are about what is exported, not about its docstrings. */
const silent = { default: { logLevel: "none" } };

function configOf(folder, types) {
  const reportFolder = join(fresh, folder);
  mkdirSync(reportFolder, { recursive: true });
  const entry = resolve(folder, types);
  const compilerOptions = {
    module: "nodenext",
    target: "es2022",
    lib: ["es2023"],
    types: ["node"],
    skipLibCheck: true,
  };
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve(folder, "package.json"),
    configObject: {
      projectFolder: resolve(folder),
      mainEntryPointFilePath: entry,
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions, files: [entry] } },
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFolder,
        reportTempFolder: join(fresh, "temporary"),
        reportFileName: `${basename(types, ".d.ts")}.api.md`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
  });
}

/** The reports in a folder, by name. */
function reportsIn(folder) {
  if (!existsSync(folder)) return new Map();
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const folders = readdirSync("packages")
  .map((name) => join("packages", name))
  .filter((folder) => !manifestOf(folder).private);

try {
  const configs = folders.flatMap((folder) => {
    const entries = Object.values(manifestOf(folder).exports).filter((entry) => entry.import);
    return entries.map((entry) => configOf(folder, entry.import.types));
  });
  const additionalEntryPoints = configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath);
  const compilerState = CompilerState.create(configs[0], { additionalEntryPoints });
  for (const config of configs) {
    const { errorCount } = Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => {
        if (message.logLevel !== "error") message.handled = true;
      },
    });
    if (errorCount > 0) throw new Error(`there is no report for ${config.mainEntryPointFilePath}`);
  }

  const stale = folders.flatMap((folder) => {
    const [now, committed] = [reportsIn(join(fresh, folder)), reportsIn(join(folder, "api"))];
    const names = [...new Set([...now.keys(), ...committed.keys()])];
    return names.filter((name) => now.get(name) !== committed.get(name)).map((name) => join(folder, "api", name));
  });
  if (isCheck && stale.length > 0) {
    console.error(`The public surface is not what these reports say:\n${stale.map((name) => `  ${name}`).join("\n")}`);
    console.error("If the change is meant: pnpm build && pnpm api-reports, and commit the reports with a changeset.");
    process.exitCode = 1;
  }
  if (!isCheck) {
    for (const folder of folders) {
      rmSync(join(folder, "api"), { recursive: true, force: true });
      cpSync(join(fresh, folder), join(folder, "api"), { recursive: true });
    }
  }
} finally {
  rmSync(fresh, { recursive: true });
}
