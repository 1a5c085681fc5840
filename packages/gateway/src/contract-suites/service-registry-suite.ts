import type { ServiceRegistration } from "@im/transport-core";
import type { ServiceQuery, ServiceRegistry } from "../ports/service-registry.js";
import { expectSame } from "./expectations.js";
import { strangeTexts } from "./strange-texts.js";
import { type Case, type CreateFixture, describeCases, type TestRunner } from "./test-runner.js";
import { idsOf, WatchedServices } from "./watched-services.js";

const lease = { leaseMs: 1_000 };
const long = { leaseMs: 20_000 };
const query: ServiceQuery = { serviceName: "chat" };

function service(serviceId: string, members: Partial<ServiceRegistration> = {}): ServiceRegistration {
  return {
    serviceId,
    serviceName: "chat",
    publicAddress: "203.0.113.1",
    publicPort: 8_000,
    protocol: "websocket",
    namespace: "",
    tags: ["eu", "v,2"],
    meta: { zone: "a", "rack:1": "b" },
    dialUrl: "ws://203.0.113.1:8000/",
    ...members,
  };
}

const cases: Readonly<Record<string, Case<ServiceRegistry>>> = {
  "finds a service by its name, unchanged": async (registry) => {
    const [one, other] = [service("one"), service("other", { serviceName: "mail" })];
    expectSame(await registry.find(query), [], "no service yet");
    await registry.register(one, long);
    await registry.register(other, long);
    expectSame(await registry.find(query), [{ ...one, isDraining: false }], "the one service");
  },

  "takes a server with its getters, and keeps what it was at that time": async (registry) => {
    let publicPort = 8_000;
    class Server {
      readonly start = () => {};
      get publicPort() {
        return publicPort;
      }
    }
    const { publicPort: _, ...others } = service("one");
    await registry.register(Object.assign(new Server(), others), long);
    publicPort = 9_000;
    expectSame(await registry.find(query), [{ ...service("one"), isDraining: false }], "the one service");
  },

  "replaces what was registered under the same id": async (registry) => {
    await registry.register(service("one"), long);
    const moved = service("one", { publicPort: 9_000, tags: [], meta: {} });
    await registry.register(moved, long);
    expectSame(await registry.find(query), [{ ...moved, isDraining: false }], "the one service");
  },

  "finds services by their namespace, and without one those that have none": async (registry) => {
    await registry.register(service("one"), long);
    await registry.register(service("one", { namespace: "test" }), long);
    const inTest = await registry.find({ ...query, namespace: "test" });
    expectSame(inTest, [{ ...service("one", { namespace: "test" }), isDraining: false }], "with a namespace");
    expectSame(await registry.find(query), [{ ...service("one"), isDraining: false }], "without one");
  },

  "finds services by their protocol": async (registry) => {
    await registry.register(service("ws"), long);
    await registry.register(service("tcp", { protocol: "tcp" }), long);
    expectSame(idsOf(await registry.find({ ...query, protocol: "tcp" })), ["tcp"], "with the protocol");
    expectSame(idsOf(await registry.find(query)), ["tcp", "ws"], "with any");
  },

  "finds services that have all tags of a query": async (registry) => {
    await registry.register(service("both", { tags: ["c", "a", "b"] }), long);
    await registry.register(service("one", { tags: ["a"] }), long);
    expectSame(idsOf(await registry.find({ ...query, tags: ["a", "b"] })), ["both"], "with both tags");
    expectSame(idsOf(await registry.find({ ...query, tags: ["a"] })), ["both", "one"], "with one tag");
    expectSame(idsOf(await registry.find({ ...query, tags: ["a,b"] })), [], "with a tag that none has");
  },

  "finds services that have all meta of a query": async (registry) => {
    await registry.register(service("both", { meta: { zone: "a", rack: "1" } }), long);
    await registry.register(service("one", { meta: { zone: "a", rack: "2" } }), long);
    expectSame(idsOf(await registry.find({ ...query, meta: { rack: "1", zone: "a" } })), ["both"], "with both");
    expectSame(idsOf(await registry.find({ ...query, meta: { zone: "a" } })), ["both", "one"], "with one");
    expectSame(idsOf(await registry.find({ ...query, meta: { shelf: "1" } })), [], "with a key that none has");
  },

  "takes any text in ids, names, namespaces, tags and meta, and keeps all apart": async (registry) => {
    for (const text of strangeTexts) {
      const meta = Object.fromEntries([[text, text]]);
      await registry.register(service(text, { serviceName: text, namespace: text, tags: [text], meta }), long);
      await registry.register(service(text), long);
    }
    expectSame(idsOf(await registry.find(query)), [...strangeTexts].sort(), "all of one name");
    for (const text of strangeTexts) {
      const what = `the service ${JSON.stringify(text)}`;
      const exact = { serviceName: text, namespace: text, tags: [text], meta: Object.fromEntries([[text, text]]) };
      expectSame(idsOf(await registry.find(exact)), [text], what);
    }
  },

  "hands out no service that is draining, unless it is asked to": async (registry) => {
    await registry.register(service("going"), long);
    await registry.register(service("staying"), long);
    await registry.register(service("going"), { ...long, isDraining: true });
    expectSame(idsOf(await registry.find(query)), ["staying"], "what is found");
    const all = await registry.find({ ...query, includesDraining: true });
    expectSame(idsOf(all), ["going", "staying"], "what is found with those that are draining");
    expectSame(
      all.filter(({ isDraining }) => isDraining).map(({ serviceId }) => serviceId),
      ["going"],
      "the draining",
    );
    await registry.register(service("going"), long);
    expectSame(idsOf(await registry.find(query)), ["going", "staying"], "when it is not draining any more");
  },

  "forgets a service that deregisters, and no other": async (registry) => {
    for (const one of [service("one"), service("two"), service("one", { serviceName: "mail" })]) {
      await registry.register(one, long);
    }
    await registry.deregister(service("one"));
    expectSame(idsOf(await registry.find(query)), ["two"], "the others of its name");
    expectSame(idsOf(await registry.find({ serviceName: "mail" })), ["one"], "another name");
    await registry.deregister(service("one"));
  },

  "forgets a service whose lease is over": async (registry, elapse) => {
    await registry.register(service("dead"), lease);
    await registry.register(service("alive"), long);
    await elapse(lease.leaseMs + 200);
    expectSame(idsOf(await registry.find(query)), ["alive"], "what is found");
    await registry.register(service("dead"), lease);
    expectSame(idsOf(await registry.find(query)), ["alive", "dead"], "when it has come back");
  },

  "keeps a service that renews its lease in time": async (registry, elapse) => {
    for (let round = 0; round < 4; round++) {
      await registry.register(service("one"), lease);
      await elapse(lease.leaseMs / 2);
    }
    expectSame(idsOf(await registry.find(query)), ["one"], "what is found");
  },

  "keeps the order of the calls of one caller": async (registry) => {
    const calls = Array.from({ length: 100 }, (_, index) => [
      registry.register(service("one"), { ...long, isDraining: index % 2 === 0 }),
      registry.deregister(service("one")),
      registry.register(service("two"), { ...long, isDraining: true }),
      registry.register(service("two"), long),
    ]);
    await Promise.all(calls.flat());
    expectSame(idsOf(await registry.find({ ...query, includesDraining: true })), ["two"], "what is registered");
    expectSame(idsOf(await registry.find(query)), ["two"], "what is handed out");
  },

  "gives a watch the services that are there, before it resolves": async (registry) => {
    const [none, one] = [new WatchedServices(), new WatchedServices()];
    await registry.watch(query, none.changed);
    expectSame(none.lists, [[]], "the list without a service");
    await registry.register(service("one"), long);
    await registry.watch(query, one.changed);
    expectSame(one.lists, [["one"]], "the list with a service");
  },

  "calls a watch when services come, drain, change, go or die": async (registry, elapse) => {
    const watched = new WatchedServices();
    await registry.watch({ ...query, tags: ["eu"] }, watched.changed);
    await registry.register(service("one"), long);
    await watched.are("one");
    await registry.register(service("two"), lease);
    await watched.are("one", "two");
    await registry.register(service("three"), long);
    await watched.are("one", "two", "three");
    await elapse(lease.leaseMs + 200);
    await watched.are("one", "three");
    await registry.register(service("one"), { ...long, isDraining: true });
    await watched.are("three");
    await registry.register(service("one"), long);
    await watched.are("one", "three");
    await registry.register(service("one", { tags: ["us"] }), long);
    await watched.are("three");
    await registry.deregister(service("three"));
    await watched.are();
  },

  "calls a watch for no renewal, and for no service of another name": async (registry) => {
    const watched = new WatchedServices();
    await registry.register(service("one"), long);
    await registry.watch(query, watched.changed);
    for (let round = 0; round < 10; round++) await registry.register(service("one"), long);
    await registry.register(service("one", { serviceName: "mail" }), long);
    await registry.register(service("two"), long);
    await watched.are("one", "two");
    expectSame(watched.lists, [["one"], ["one", "two"]], "all lists");
  },

  "leaves every watch with the last state, however many changes come at once": async (registry) => {
    const watches = Array.from({ length: 5 }, () => new WatchedServices());
    for (const { changed } of watches) await registry.watch(query, changed);
    const ids = Array.from({ length: 40 }, (_, index) => `service ${index}`);
    const late = new WatchedServices();
    const calls = ids.flatMap((id, index) => [
      registry.register(service(id), long),
      index === 20 && registry.watch(query, late.changed),
      index % 2 === 0 && registry.deregister(service(id)),
    ]);
    await Promise.all(calls);
    for (const watched of [...watches, late]) await watched.are(...ids.filter((_, index) => index % 2 === 1));
  },

  "ends a watch by its function, and no other": async (registry) => {
    const [ended, other] = [new WatchedServices(), new WatchedServices()];
    const end = await registry.watch(query, ended.changed);
    await registry.watch(query, other.changed);
    await end();
    await end();
    await registry.register(service("one"), long);
    await other.are("one");
    expectSame(ended.lists, [[]], "the lists of the watch that has ended");
  },

  "ends a watch by its signal": async (registry) => {
    const [ended, other] = [new WatchedServices(), new WatchedServices()];
    const controller = new AbortController();
    await registry.watch(query, ended.changed, { signal: controller.signal });
    await registry.watch(query, other.changed);
    controller.abort();
    await registry.register(service("one"), long);
    await other.are("one");
    expectSame(ended.lists, [[]], "the lists of the watch that has ended");
  },

  "begins no watch whose signal was aborted before": async (registry) => {
    const watched = new WatchedServices();
    const reason = new Error("no need any more");
    let thrown: unknown;
    try {
      await registry.watch(query, watched.changed, { signal: AbortSignal.abort(reason) });
    } catch (error) {
      thrown = error;
    }
    if (thrown !== reason) throw new Error(`expected the reason of the abort, got ${thrown ?? "no error"}`);
    expectSame(watched.lists, [], "its lists");
  },
};

/** Defines one test for each rule of `ServiceRegistry`. */
export function describeServiceRegistry(
  runner: TestRunner,
  name: string,
  create: CreateFixture<ServiceRegistry>,
): void {
  describeCases(runner, `ServiceRegistry: ${name}`, cases, create);
}
