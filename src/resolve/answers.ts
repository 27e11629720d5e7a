/** Which registration answers a token. */
import { Registration } from "../registry/registration.js";
import { type Constructor, type InjectionToken, isClass } from "../registry/token.js";
import type { View } from "./view.js";

/** What answers `token`: the last registration, a seed that some scope was given, what every container has, the class. */
export function answerTo(view: View, token: InjectionToken): Registration | undefined {
  const { seeds, builtIn } = view.family;
  const found = view.find(token)?.at(-1) ?? seeds.get(token) ?? builtIn.get(token) ?? view.foreignTo(token);
  return found ?? (isClass(token) ? view.implicit(token) : undefined);
}

/** Everything that was registered for `token`; else what answers it. */
export function answersTo(view: View, token: InjectionToken): readonly Registration[] {
  const answer = view.find(token) ?? answerTo(view, token) ?? [];
  return answer instanceof Registration ? [answer] : answer;
}

/** Whether `token` is a class that is built in the scopes that were not given it. */
export function isSometimesSeeded({ family }: View, token: InjectionToken): token is Constructor {
  return family.seeds.has(token) && isClass(token);
}
