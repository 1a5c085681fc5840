import { Core } from "./core-pinning.mjs";
import { Program } from "./program.mjs";

/** Clients in one process, measured, with their server in another. */
export async function measureClients({ file, args, server, serverArgs }, job) {
  const serverProgram = new Program(server, { core: Core.load, args: serverArgs });
  const clients = new Program(file, { core: Core.server, args });
  try {
    const { port } = await serverProgram.next();
    return await clients.ask({ ...job, port });
  } catch (error) {
    return { void: error.message };
  } finally {
    await Promise.all([serverProgram.stop(), clients.stop()]);
  }
}
