import { expect, it } from "vitest";
import { registeredService } from "../src/index.js";

it("copies a service, and freezes the copy", () => {
  const given = { ...registration, tags: ["a"], meta: { zone: "a" } };
  const copy = registeredService(given);
  given.tags.push("b");
  given.meta.zone = "b";
  expect(copy).toMatchObject({ tags: ["a"], meta: { zone: "a" }, isDraining: false });
  expect(Object.isFrozen(copy) && Object.isFrozen(copy.tags) && Object.isFrozen(copy.meta)).toBe(true);
});

const registration = {
  serviceId: "one",
  serviceName: "chat",
  publicAddress: "127.0.0.1",
  publicPort: 1,
  protocol: "tcp",
  namespace: "",
  tags: [],
  meta: {},
  dialUrl: "tcp://127.0.0.1:1",
};
