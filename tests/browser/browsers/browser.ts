/** What the tests need of a browser. Each has one adapter beside this file, and every test runs in all of them. */
export interface BrowserKind {
  readonly name: string;
  /** What Debian calls it. */
  readonly packages: readonly string[];
  readonly isInstalled: boolean;
  /** Starts it as its users have it: tabs in the background are held back. */
  launch(): Promise<Browser>;
}

export interface Browser {
  /** Opens an address in a page that can be seen, and resolves when it has loaded. */
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  /** Calls a function in the page with copies of these arguments. One call at a time. @returns a copy of its result */
  evaluate<Arguments extends unknown[], Result>(
    call: (...given: Arguments) => Result,
    ...given: Arguments
  ): Promise<Awaited<Result>>;
  goTo(url: string): Promise<void>;
  goBack(): Promise<void>;
  /** From now on the page cannot be seen. */
  hide(): Promise<void>;
  /** The page is told that the network goes, and that it is back. */
  blinkNetwork(): Promise<void>;
  close(): Promise<void>;
}
