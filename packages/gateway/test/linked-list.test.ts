import { describe, expect, it } from "vitest";
import { LinkedList } from "../src/linked-list.js";

describe("a linked list", () => {
  it("has its items in the order in which they were added, wherever others are removed", () => {
    for (const removed of [[0], [1], [3], [0, 1], [3, 2], [1, 2], [0, 3, 1, 2]]) {
      const list = new LinkedList<number>();
      const links = [0, 1, 2, 3].map((item) => list.add(item));
      for (const item of removed) list.remove(links[item]!);
      const left = [0, 1, 2, 3].filter((item) => !removed.includes(item));
      expect([...list]).toEqual(left);
      expect(list.first?.item).toBe(left[0]);
      list.add(4);
      expect([...list]).toEqual([...left, 4]);
    }
  });

  it("removes an item once", () => {
    const list = new LinkedList<string>();
    const [first, second] = [list.add("first"), list.add("second")];
    for (let time = 0; time < 2; time++) list.remove(first);
    expect([...list]).toEqual(["second"]);
    for (let time = 0; time < 2; time++) list.remove(second);
    expect(list.first).toBeUndefined();
    list.add("third");
    list.remove(second);
    expect([...list]).toEqual(["third"]);
  });

  it("may lose items while it is visited", () => {
    const list = new LinkedList<number>();
    const links = [0, 1, 2].map((item) => list.add(item));
    const visited: number[] = [];
    for (const item of list) {
      visited.push(item);
      for (const link of links) list.remove(link);
    }
    expect(visited).toEqual([0, 1, 2]);
  });
});
