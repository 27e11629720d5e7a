/** Providers of `Scope.REQUEST`; each request has a context id, and resolving is asynchronous. */
import "reflect-metadata";
import { Inject, Injectable, Module, Scope } from "@nestjs/common";
import { ContextIdFactory, NestFactory, REQUEST } from "@nestjs/core";
import { end, Request } from "../graph.js";

export const title = "NestJS, Scope.REQUEST";
export const cannot = {
  "transients anew": "one transient per context id and place",
  "disposes what nobody kept": "disposes nothing: the bench ends both by hand",
};

const scopes = { singleton: Scope.DEFAULT, scoped: Scope.REQUEST, transient: Scope.TRANSIENT };

export async function make(services) {
  for (const { type, deps, lifetime } of services) {
    deps.forEach((dep, index) => Inject(dep === Request ? REQUEST : dep)(type, undefined, index));
    Injectable({ scope: scopes[lifetime] })(type);
  }
  class App {}
  Module({ providers: services.map(({ type }) => type) })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  return {
    awaits: true,
    open(request) {
      const scope = ContextIdFactory.create();
      app.registerRequestByContextId(request, scope);
      return scope;
    },
    get: (scope, type) => (isSingleton(type) ? app.get(type) : app.resolve(type, scope)),
    close: (_scope, controller) => controller && end(controller),
  };

  function isSingleton(type) {
    return services.some((service) => service.type === type && service.lifetime === "singleton");
  }
}
