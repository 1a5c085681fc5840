/** Runs code of the application: what it throws or rejects with goes to `report`, and no further. Never rejects. */
export async function guard(run: () => unknown, report: (error: unknown) => void): Promise<void> {
  try {
    await run();
  } catch (error) {
    report(error);
  }
}
