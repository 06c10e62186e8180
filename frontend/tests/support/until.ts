/** Asks until it is so: for what no page shows. */
const OFTEN_MS = 100;

export async function until(what: string, patienceMs: number, isSo: () => Promise<boolean>, everyMs = OFTEN_MS): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not within ${patienceMs / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
