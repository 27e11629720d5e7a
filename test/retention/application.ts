/** A small application, with ambit and without: what one request of it makes. */
import { AsyncLocalStorage } from "node:async_hooks";
import { Container, inject, Lifecycle } from "ambit";

/** Given to a request from outside. */
export class User {
  readonly payload = new Array<number>(64).fill(0);
}

export class Connection {
  readonly buffer = new Array<number>(64).fill(0);
  dispose() {}
}

export class Service {
  constructor(
    @inject(User) readonly user: User,
    @inject(Connection) readonly connection: Connection,
  ) {}
}

export function application(): Container {
  const container = new Container();
  container.register(User, { useSeed: true });
  container.register(Connection, Connection, { lifecycle: Lifecycle.ContextScoped });
  container.register(Service, Service, { lifecycle: Lifecycle.ContextScoped });
  return container;
}

/** Runs work as one request. */
export type Request = <R>(work: (service: Service) => Promise<R>) => Promise<R>;

/** With ambit, in a scope of its own. */
export function scopedRequest(container = application()): Request {
  return (work) => container.runInScope({ seeds: [[User, new User()]] }, (scope) => work(scope.resolve(Service)));
}

const storage = new AsyncLocalStorage<object>();

/** Without: by hand, in a bare `AsyncLocalStorage.run`, of which Node itself leaves something behind from Node 24 on. */
export function bareRequest(): Request {
  return (work) =>
    storage.run(storage, async () => {
      const connection = new Connection();
      try {
        return await work(new Service(new User(), connection));
      } finally {
        connection.dispose();
      }
    });
}

/** The same request, remembering all that it made without keeping it. */
export function remembering(request: Request, refs: WeakRef<object>[]): Request {
  return (work) =>
    request((service) => {
      refs.push(new WeakRef(service), new WeakRef(service.user), new WeakRef(service.connection));
      return work(service);
    });
}
