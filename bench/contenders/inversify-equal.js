/**
 * Inversify with what its request scope lacks built around it, as an application would: an AsyncLocalStorage that
 * follows the request, one instance per request however many times it is asked for, and an end for each, newest first.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import "reflect-metadata";
import { Container, inject, injectable } from "inversify";
import { Request } from "../graph.js";
import { written } from "../services.js";

export const title = "inversify, equal work built around it";

const storage = new AsyncLocalStorage();

export function make(services) {
  const container = new Container({ jitless: false });
  container.bind(Request).toDynamicValue(() => storage.getStore().request);
  for (const service of services) bind(container, service);
  return { run, runAsync, get: (type) => container.get(type) };
}

function bind(container, service) {
  const { type, deps, lifetime } = service;
  if (lifetime === "scoped") return void container.bind(type).toDynamicValue(oncePerRequest(service));
  deps.forEach((dep, index) => inject(dep)(type, undefined, index));
  injectable()(type);
  container.bind(type).toSelf()[lifetime === "singleton" ? "inSingletonScope" : "inTransientScope"]();
}

function oncePerRequest(service) {
  const { type } = service;
  const isDisposable = "dispose" in type.prototype;
  const build = written(service, (dep) => `from.get(${dep})`);
  return (context) => {
    const { instances, disposables } = storage.getStore();
    let instance = instances.get(type);
    if (instance === undefined) {
      instance = build(context);
      instances.set(type, instance);
      if (isDisposable) disposables.push(instance);
    }
    return instance;
  };
}

const storeOf = (request) => ({ request, instances: new Map(), disposables: [] });

function end({ disposables }) {
  for (let index = disposables.length - 1; index >= 0; index--) disposables[index].dispose();
}

function run(request, work) {
  const store = storeOf(request);
  try {
    return storage.run(store, work);
  } finally {
    end(store);
  }
}

async function runAsync(request, work) {
  const store = storeOf(request);
  try {
    return await storage.run(store, work);
  } finally {
    end(store);
  }
}
