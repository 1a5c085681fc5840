import { getMetaString } from "@im/wire";
import { extensionMetaKeys } from "@im/wire/codec";
import { expect, it } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { TestGateway } from "../support/test-gateway.js";
import { tcp } from "../support/transports.js";

/** The device that the sign-in of a client names. */
async function signInWith(options: { device?: string | undefined }): Promise<string | undefined> {
  let device: string | undefined;
  const gateway: TestGateway = await TestGateway.start(tcp, {
    signIn(login, request) {
      device = getMetaString(request, extensionMetaKeys.device);
      return gateway.welcome(login, request);
    },
  });
  await openImClient(gateway, options).connect();
  return device;
}

it("the sign-in names the device of the client", async () => {
  expect(await signInWith({ device: "phone" })).toBe("phone");
  expect(await signInWith({ device: "😀".repeat(64) })).toBe("😀".repeat(64));
});

it("without the option the sign-in names no device", async () => {
  expect(await signInWith({})).toBeUndefined();
  expect(await signInWith({ device: undefined })).toBeUndefined();
});

it.each(["", "d".repeat(129), "\ud800", 5])("a device %j is refused", (device) => {
  const open = () => openImClient({ address: "x" }, { device: device as string });
  expect(open).toThrow(expect.objectContaining({ code: "IM_ERR_INVALID_OPTION" }));
  expect(open).toThrow("device");
});
