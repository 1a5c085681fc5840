/** The first thing that goes wrong with a load; `broken` rejects with it. */
export class Breakage {
  constructor() {
    this.broken = new Promise((_, reject) => {
      this.report = reject;
    });
    // Whoever waits hears of it; nobody waiting is no fault.
    this.broken.catch(() => {});
  }
}
