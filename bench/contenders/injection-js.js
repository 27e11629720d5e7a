/** A child injector per request, from providers that are resolved once. */
import "reflect-metadata";
import { ReflectiveInjector } from "injection-js";
import { end, Request } from "../graph.js";

export const title = "injection-js, child injector";
export const cannot = {
  "transients anew": "knows no transients: one per injector",
  "disposes what nobody kept": "disposes nothing: the bench ends both by hand",
};

export function make(services) {
  const provider = ({ type, deps }) => ({ provide: type, useFactory: (...args) => new type(...args), deps });
  const ofLifetime = (wanted) => services.filter(({ lifetime }) => (lifetime === "singleton") === wanted).map(provider);
  const root = ReflectiveInjector.resolveAndCreate(ofLifetime(true));
  const perRequest = ReflectiveInjector.resolve(ofLifetime(false));
  return {
    open(request, parent = root) {
      const seed = ReflectiveInjector.resolve([{ provide: Request, useValue: request }]);
      return parent.createChildFromResolved([...perRequest, ...seed]);
    },
    get: (scope, type) => scope.get(type),
    close: (_scope, controller) => controller && end(controller),
  };
}
