/** Proxy providers: injected once, each stands for the instance of the current `cls.run`; resolving is asynchronous. */
import "reflect-metadata";
import { Global, Inject, Injectable, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { CLS_REQ, ClsModule, ClsService, InjectableProxy } from "nestjs-cls";
import { Controller, end, Request } from "../graph.js";

export const title = "nestjs-cls, proxy providers";
export const cannot = { "transients anew": "knows no transients: one per request" };
export const words = "disposes nothing: the bench ends both by hand";

export async function make(services) {
  for (const { type, deps, lifetime } of services) {
    deps.forEach((dep, index) => Inject(dep === Request ? CLS_REQ : dep)(type, undefined, index));
    (lifetime === "singleton" ? Injectable() : InjectableProxy())(type);
  }
  const app = await NestFactory.createApplicationContext(appOf(services), { logger: false });
  const cls = app.get(ClsService);
  return {
    runAsync: (request, work) =>
      cls.run(async () => {
        cls.set(CLS_REQ, request);
        await cls.proxy.resolve([Controller]);
        const result = await work();
        end(app.get(Controller, { strict: false }));
        return result;
      }),
    get: (type) => app.get(type, { strict: false }),
  };
}

function appOf(services) {
  const singletons = services.filter(({ lifetime }) => lifetime === "singleton").map(({ type }) => type);
  const proxyProviders = services.filter(({ lifetime }) => lifetime !== "singleton").map(({ type }) => type);
  class Singletons {}
  Module({ providers: singletons, exports: singletons })(Singletons);
  Global()(Singletons);
  class App {}
  Module({ imports: [Singletons, ClsModule.forRoot({ proxyProviders })] })(App);
  return App;
}
