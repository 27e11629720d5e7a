/** The test that fires at a host: a few hundred actions in every run, and as many as the environment says. */
import { expect, test } from "vitest";
import { seedOf } from "../../../support/random.js";
import type { Host } from "./host.js";
import { MemoryStore } from "./store.js";
import { SOUND, underFire } from "./under-fire.js";

/** @param file the test's, from test/adapters */
export function fireAt(host: Host, file: string, env = file.split("/")[0].toUpperCase()): void {
  const actions = Number(process.env[`${env}_ACTIONS`] ?? 600);
  const seed = seedOf(process.env[`${env}_SEED`]);
  const repeat = `${env}_SEED=${seed} ${env}_ACTIONS=${actions} npx vitest run test/adapters/${file}`;
  test(
    `${actions} random actions leave no scope, use none after its end, and end each transaction as its request did (${env}_SEED=${seed})`,
    async () => {
      const findings = await underFire(host, new MemoryStore(), { seed, actions, clients: 16 }, repeat);
      expect(findings).toEqual(SOUND);
    },
    60_000 + actions * 20,
  );
}
