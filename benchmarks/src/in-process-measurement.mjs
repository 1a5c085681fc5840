import { Core } from "./core-pinning.mjs";
import { Program } from "./program.mjs";

/** One case in a process of its own, so that no case meets what another has left to the compiler and the heap. */
export async function measureInProcess(file, job) {
  const program = new Program(file, { core: Core.server });
  try {
    return await program.ask(job);
  } finally {
    await program.stop();
  }
}
