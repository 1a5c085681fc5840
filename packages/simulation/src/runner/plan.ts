import { actions, chatActions } from "../actions/index.js";
import { chatFaults, directoryFaults, faults } from "../faults/index.js";
import { Random } from "../kernel/random.js";
import type { WorldOptions } from "../world/world-options.js";

/** An action or a fault, when it comes, and the seed of all that it draws. */
export interface Step {
  readonly atMs: number;
  readonly kind: "action" | "fault";
  readonly name: string;
  readonly seed: number;
  /** Of a fault: how long it lasts. */
  readonly durationMs: number;
}

/** What happens in the world of a seed. Any steps may be left out, and the others stay what they are. */
export function drawPlan(
  seed: number,
  { actions: actionCount, faults: faultCount, directoryFaults: directoryFaultCount, chaosMs, chat }: WorldOptions,
): Step[] {
  const random = new Random(seed).fork("plan");
  const step = (kind: Step["kind"], name: string, source: Random): Step => ({
    atMs: source.int(1_000, chaosMs),
    kind,
    name,
    seed: source.uint32(),
    durationMs: source.int(200, chaosMs / 2),
  });
  const acts = Array.from({ length: actionCount }, (_, index) => {
    const source = random.fork(`action ${index}`);
    return step("action", source.weighted(actions.map((action) => [action.weight, action.name])), source);
  });
  const wrongs = Array.from({ length: faultCount }, (_, index) => {
    const source = random.fork(`fault ${index}`);
    return step("fault", source.weighted(faults.map((fault) => [fault.weight, fault.name])), source);
  });
  const directoryWrongs = Array.from({ length: directoryFaultCount }, (_, index) => {
    const source = random.fork(`directory fault ${index}`);
    return step("fault", source.weighted(directoryFaults.map((fault) => [fault.weight, fault.name])), source);
  });
  const chats = Array.from({ length: chat?.actions ?? 0 }, (_, index) => {
    const source = random.fork(`chat ${index}`);
    return step("action", source.weighted(chatActions.map((action) => [action.weight, action.name])), source);
  });
  const chatWrongs = Array.from({ length: chat?.faults ?? 0 }, (_, index) => {
    const source = random.fork(`chat fault ${index}`);
    return step("fault", source.weighted(chatFaults.map((fault) => [fault.weight, fault.name])), source);
  });
  return [...acts, ...wrongs, ...directoryWrongs, ...chats, ...chatWrongs].sort((a, b) => a.atMs - b.atMs);
}
