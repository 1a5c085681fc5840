import { spawn } from "node:child_process";
import { once } from "node:events";
import { commandOn } from "./core-pinning.mjs";

/** A benchmark program in a process of its own, asked and answering over IPC; every message gets one answer. */
export class Program {
  #child;
  #answers = [];
  #waiting = [];
  #listeners = new Map();
  #ended;

  /** @param file URL of the program @param runtime what runs it, if not this Node */
  constructor(file, { core, args = [], nodeFlags = [], runtime = process.execPath }) {
    const run = commandOn(core, runtime, [...nodeFlags, file.pathname, ...args]);
    this.#child = spawn(run.command, run.args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (message) => this.#take(message));
    this.#child.on("error", (error) => this.#end(error));
    this.#child.on("exit", (code, signal) => this.#end(new Error(`${file.pathname} ended with ${signal ?? code}`)));
  }

  get pid() {
    return this.#child.pid;
  }

  /** Called for messages that are no answers: `{ event }`. */
  on(event, listener) {
    this.#listeners.set(event, listener);
  }

  /** The next message that is no event. */
  next() {
    if (this.#answers.length > 0) return Promise.resolve(this.#answers.shift());
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  ask(message) {
    this.tell(message);
    return this.next();
  }

  /** Sends what has no answer. */
  tell(message) {
    if (!this.#ended) this.#child.send(message);
  }

  async stop() {
    if (this.#ended) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #take(message) {
    if (message.event) this.#listeners.get(message.event)?.(message);
    else if (this.#waiting.length > 0) this.#waiting.shift().resolve(message);
    else this.#answers.push(message);
  }

  #end(reason) {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
