/** ambit exports every name of tsyringe's; the programs show the types. */
import * as ambit from "ambit";
import * as tsyringe from "tsyringe";
import { expect, test } from "vitest";

const names = Object.keys(tsyringe).filter((name) => name !== "default" && name !== "module.exports");

test("tsyringe exports what it did", () => {
  expect(names.sort()).toEqual([
    "Lifecycle",
    "autoInjectable",
    "container",
    "delay",
    "inject",
    "injectAll",
    "injectAllWithTransform",
    "injectWithTransform",
    "injectable",
    "instanceCachingFactory",
    "instancePerContainerCachingFactory",
    "isClassProvider",
    "isFactoryProvider",
    "isNormalToken",
    "isTokenProvider",
    "isValueProvider",
    "predicateAwareClassFactory",
    "registry",
    "scoped",
    "singleton",
  ]);
});

test.each(names)("ambit exports %s", (name) => {
  const [ours, theirs] = [ambit, tsyringe].map((library) => Object.entries(library).find(([key]) => key === name)?.[1]);
  expect(typeof ours).toBe(typeof theirs);
});

test("its container has every method of tsyringe's", () => {
  const prototype = Object.getPrototypeOf(tsyringe.container) as object;
  const methods = ["register", "registerType", "registerInstance", "registerSingleton", "resolve", "resolveAll"];
  methods.push("isRegistered", "reset", "clearInstances", "createChildContainer", "dispose");
  methods.push("beforeResolution", "afterResolution");
  expect(Object.getOwnPropertyNames(prototype)).toEqual(expect.arrayContaining(methods));
  for (const method of methods) expect(ambit.container[method as "resolve"]).toBeTypeOf("function");
});

test("the numbers and names of Lifecycle are tsyringe's", () => {
  expect(ambit.Lifecycle).toMatchObject({ ...tsyringe.Lifecycle });
});
