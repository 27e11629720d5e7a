// Decorators as esbuild compiles them: it emits no metadata, so each parameter carries its own.
import { container, contextScoped, inject, injectProxy, singleton } from "ambit";

@contextScoped()
class User {
  readonly name = "Ada";
}

@contextScoped()
class Greeter {
  constructor(@inject(User) readonly user: User) {}
}

@singleton()
class Page {
  constructor(@injectProxy(User) readonly user: User) {}
}

class Forgotten {
  constructor(readonly user: User) {}
}

const page = container.resolve(Page);
await container.runInScope((scope) => {
  console.log(scope.resolve(Greeter).user.name, scope.resolve(Greeter).user === scope.resolve(User), page.user.name);
});
try {
  container.resolve(Forgotten);
} catch (error) {
  console.log((error as Error).message);
}
