/** What the inspector may be told, and the refusal to run where nobody should look. */
import { InspectorError } from "../../errors.js";

/** What the inspector may be told. */
export interface InspectorOptions {
  /** Where the page is. Default: `/__ambit`. */
  readonly path?: string | undefined;
  /** How many closed scopes are remembered. Default: 100. */
  readonly remember?: number | undefined;
  /** How many builds, and how many disposals, are shown of one scope; more are counted. Default: 200. */
  readonly perScope?: number | undefined;
  /** After how many milliseconds an open scope is flagged, with the reason. Default: 5,000. */
  readonly lateAfter?: number | undefined;
  /** Host names under which it may be asked for, beside `localhost` and loopback addresses: `["dev.test"]`. */
  readonly hosts?: readonly string[] | undefined;
  /** Whether other machines may look. They see tokens, routes and stack frames. Default: false. */
  readonly remote?: boolean | undefined;
  /** Whether it may run where `NODE_ENV` is `production`. Default: false. */
  readonly production?: boolean | undefined;
}

/** The options, with their defaults. */
export interface Settings {
  readonly path: string;
  readonly remember: number;
  readonly perScope: number;
  readonly lateAfter: number;
  readonly hosts: readonly string[];
  readonly remote: boolean;
}

/** @throws InspectorError ERR_AMBIT_INSPECTOR in production, and for an option that makes no sense */
export function settingsOf(options: InspectorOptions): Settings {
  assertDevelopment(options);
  const { path = "/__ambit", remember = 100, perScope = 200, lateAfter = 5_000, hosts = [], remote = false } = options;
  if (!/^\/[^?#]*[^/?#]$/.test(path)) {
    throw new InspectorError(`Cannot show the inspector at "${path}".`, 'give a path such as "/__ambit".');
  }
  assertCount("remember", remember);
  assertCount("perScope", perScope);
  assertCount("lateAfter", lateAfter);
  return { path, remember, perScope, lateAfter, hosts: hosts.map((host) => host.toLowerCase()), remote };
}

function assertDevelopment({ production = false }: InspectorOptions): void {
  if (production || process.env.NODE_ENV !== "production") return;
  throw new InspectorError(
    "Cannot start the inspector in production (NODE_ENV): it shows what the process is doing.",
    "mount it in development only, or, knowing that, new Inspector({ production: true }).",
  );
}

function assertCount(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InspectorError(
    `Cannot start the inspector with ${option} ${String(value)}: it is a whole number, 1 or more.`,
  );
}
