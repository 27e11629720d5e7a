/** tsyringe's type guards: each knows its kind of provider, and no other. */
import {
  isClassProvider,
  isFactoryProvider,
  isNormalToken,
  isTokenProvider,
  isValueProvider,
  type Provider,
} from "ambit";
import { expect, test } from "vitest";

class Clock {}

const providers: [kind: string, provider: Provider][] = [
  ["class", { useClass: Clock }],
  ["class", { useClass: Clock, deps: [] }],
  ["value", { useValue: 1 }],
  ["value", { useValue: undefined }],
  ["token", { useToken: Clock }],
  ["factory", { useFactory: () => 1 }],
  ["none of these", { useAsyncFactory: async () => 1 }],
  ["none of these", { useSeed: true }],
];

test.each(providers)("a %s provider is known as one: %j", (kind, provider) => {
  const guards = { class: isClassProvider, value: isValueProvider, token: isTokenProvider, factory: isFactoryProvider };
  const known = Object.entries(guards).filter(([, guard]) => guard(provider));
  expect(known.map(([name]) => name)).toEqual(kind === "none of these" ? [] : [kind]);
});

test("strings and symbols are normal tokens, classes are not", () => {
  expect(["a", Symbol("a"), Clock, undefined].map(isNormalToken)).toEqual([true, true, false, false]);
});
