import type { Groups } from "./groups.js";
import type { MessageLog } from "./message-log.js";
import type { Positions } from "./positions.js";

/**
 * Keeps what is said. Each call is one step, carried out wholly or not at all, except for deletions, which may be repeated when
 * they fail. What a call returns is durable. A call may reject when the store cannot read or write; the chat then answers with
 * SystemException, after which clients try again.
 *
 * Each call settles. A store that waits for something else, such as a network, limits the wait itself and rejects, since only the
 * store knows what was written. When a call takes long, the gateway answers after its `handlerTimeoutMs`, but the handler waits:
 * what is stored late is pushed late, and the request counts towards `maxInFlight` of its session until then.
 *
 * Accounts, devices, groups, keys and bodies are any Unicode text. `describeChatStore` in `@im/chat/contract-suites` tests the
 * rules.
 */
export interface ChatStore extends MessageLog, Positions, Groups {}
