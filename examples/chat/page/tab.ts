// What belongs to this tab: each tab is a device of its own.

/** How long a reloaded tab waits until its previous page has released the lock. */
const RELOAD_MS = 500;

/** The device of this tab. A duplicated tab has a copy of the id while the original holds the lock: it gets a new id. */
export async function deviceOfTab(): Promise<string> {
  const known = sessionStorage.getItem("device");
  if (known && (await isFree(known))) return known;
  const device = `tab-${crypto.randomUUID()}`;
  sessionStorage.setItem("device", device);
  await isFree(device);
  return device;
}

/** Takes the lock of a device until the tab is closed. */
function isFree(device: string): Promise<boolean> {
  return new Promise((resolve) => {
    const untilClosed = () => {
      resolve(true);
      return new Promise<never>(() => {});
    };
    navigator.locks
      .request(device, { signal: AbortSignal.timeout(RELOAD_MS) }, untilClosed)
      .catch(() => resolve(false));
  });
}

/** The account of this tab: from the link, or from its last visit. */
export function accountOfTab(): string | undefined {
  const account = new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem("account");
  return account?.trim() || undefined;
}

export function rememberAccount(account: string): void {
  sessionStorage.setItem("account", account);
}
