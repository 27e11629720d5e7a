/** Where the repository is, for tests about its files. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Inside the repository, so that code in it finds "ambit" and its packages as a user's does. The caller removes it. */
export function temporaryFolder(): string {
  mkdirSync(join(ROOT, ".tmp"), { recursive: true });
  return mkdtempSync(join(ROOT, ".tmp", "test-"));
}
