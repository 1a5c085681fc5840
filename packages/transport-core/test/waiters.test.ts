import { describe, expect, it, vi } from "vitest";
import { Waiters } from "../src/conn/waiters.js";
import { codeOf } from "./support/waiting.js";

describe("waiters", () => {
  it("all get the value, and resolve says that there were waiters", async () => {
    const waiters = new Waiters<string>();
    const waiting = [waiters.wait(), waiters.wait()];
    expect(waiters.resolve("here")).toBe(true);
    expect(await Promise.all(waiting)).toEqual(["here", "here"]);
  });

  it("resolve says when there are no waiters, or none any more", async () => {
    const waiters = new Waiters<string>();
    expect(waiters.resolve("too early")).toBe(false);
    const controller = new AbortController();
    const waiting = waiters.wait(controller.signal);
    controller.abort(new Error("given up"));
    expect(waiters.resolve("too late")).toBe(false);
    expect(await codeOf(waiting)).toBe("Error: given up");
  });

  it("an abort gives up one and leaves the others", async () => {
    const waiters = new Waiters<string>();
    const controller = new AbortController();
    const given = waiters.wait(controller.signal);
    const stays = waiters.wait();
    controller.abort(new Error("given up"));
    waiters.resolve("here");
    expect(await codeOf(given)).toBe("Error: given up");
    expect(await stays).toBe("here");
  });

  it("a signal that is aborted already rejects at once", async () => {
    const waiting = new Waiters<string>().wait(AbortSignal.abort(new Error("before")));
    expect(await codeOf(waiting)).toBe("Error: before");
  });

  it("each gets an error of its own, made only if there are waiters", async () => {
    const waiters = new Waiters<string>();
    let made = 0;
    const makeError = () => new Error(`number ${++made}`);
    waiters.reject(makeError);
    expect(made).toBe(0);
    const waiting = [waiters.wait(), waiters.wait()];
    waiters.reject(makeError);
    expect(await Promise.all(waiting.map(codeOf))).toEqual(["Error: number 1", "Error: number 2"]);
  });

  it("leaves no listener on the signal, however it ends", async () => {
    const waiters = new Waiters<string>();
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    vi.spyOn(signal, "addEventListener").mockImplementation(() => void listeners++);
    vi.spyOn(signal, "removeEventListener").mockImplementation(() => void listeners--);
    const resolved = waiters.wait(signal);
    waiters.resolve("here");
    await resolved;
    const rejected = waiters.wait(signal);
    waiters.reject(() => new Error("no"));
    await codeOf(rejected);
    expect(listeners).toBe(0);
  });
});
