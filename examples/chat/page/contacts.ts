/** The accounts that an account has talked with, kept in this browser: the server has no such list. */
export class Contacts {
  readonly #name: string;

  constructor(account: string) {
    this.#name = `contacts of ${account}`;
  }

  all(): readonly string[] {
    try {
      const stored: unknown = JSON.parse(localStorage.getItem(this.#name) ?? "[]");
      return Array.isArray(stored) ? stored.filter((one) => typeof one === "string") : [];
    } catch {
      return [];
    }
  }

  remember(accounts: readonly string[]): void {
    const all = this.all();
    const added = accounts.filter((account) => !all.includes(account));
    if (added.length > 0) localStorage.setItem(this.#name, JSON.stringify([...all, ...added]));
  }
}
