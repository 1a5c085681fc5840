import { expect, it } from "vitest";
import { gate } from "../../gateway/test/support/within.js";
import { DeliveryLanes } from "../src/delivery/delivery-lanes.js";

const settled = () => Promise.resolve();

it("deliveries to an account are made one after the other, in the order in which they were added", async () => {
  const lanes = new DeliveryLanes();
  const made: string[] = [];
  const { opened: first, open: finishFirst } = gate();
  void lanes.add(1n, ["alice"], () => first.then(() => void made.push("1")));
  const second = lanes.add(2n, ["alice", "bob"], async () => void made.push("2"));
  await lanes.add(3n, ["carol"], async () => void made.push("3"));
  finishFirst();
  await second;
  expect(made).toEqual(["3", "1", "2"]);
});

it("the oldest message on its way is the one with the smallest id, though a repetition was added after newer ones", async () => {
  const lanes = new DeliveryLanes();
  const { opened: first, open: finishFirst } = gate();
  void lanes.add(7n, ["alice"], () => first);
  const repetition = lanes.add(5n, ["alice"], settled);
  expect(lanes.oldestPending("alice")).toBe(5n);
  finishFirst();
  await repetition;
  expect(lanes.oldestPending("alice")).toBeUndefined();
});
