import { caseIds } from "@im/transport-compliance";
import { expect, it } from "vitest";
import { allCases } from "../src/all-cases.js";

it("every case has an id in the public list, and every id a case", () => {
  expect(Object.keys(allCases)).toEqual(caseIds);
});
