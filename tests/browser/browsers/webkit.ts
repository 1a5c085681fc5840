import { existsSync } from "node:fs";
import { freePort } from "../../support/free-port.js";
import type { Browser, BrowserKind, Page } from "./browser.js";
import { StartedProcess } from "./started-process.js";
import { WebDriverSession } from "./web-driver-session.js";

const DRIVER = "/usr/bin/WebKitWebDriver";
const SCREEN = "/usr/bin/Xvfb";

/** WebKitGTK's own small browser, on a screen that nobody sees. */
export const webkit: BrowserKind = {
  name: "WebKitGTK",
  packages: ["webkit2gtk-driver", "xvfb"],
  isInstalled: existsSync(DRIVER) && existsSync(SCREEN),
  async launch(): Promise<Browser> {
    const screen = new StartedProcess(SCREEN, ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]);
    const port = await freePort();
    const DISPLAY = `:${await screen.line()}`;
    const driver = new StartedProcess(DRIVER, [`--port=${port}`, "--host=127.0.0.1"], { DISPLAY });
    const session = await WebDriverSession.start(`http://127.0.0.1:${port}`);
    return {
      async open(url) {
        const window = await session.newWindow();
        await session.in(window, "POST", "url", { url });
        return driven(session, window);
      },
      async close() {
        await session.end();
        await driver.stop();
        await screen.stop();
      },
    };
  },
};

function driven(session: WebDriverSession, window: string): Page {
  const evaluate: Page["evaluate"] = (call, ...given) => session.evaluate(window, call, given);
  return {
    evaluate,
    goTo: (url) => session.in(window, "POST", "url", { url }),
    goBack: () => session.in(window, "POST", "back", {}),
    hide: () => session.in(window, "POST", "window/minimize", {}),
    // This driver cannot take the network away, it can only tell so.
    blinkNetwork: () =>
      evaluate(() => {
        for (const type of ["offline", "online"]) (globalThis as unknown as EventTarget).dispatchEvent(new Event(type));
      }),
    close: () => session.in(window, "DELETE", "window"),
  };
}
