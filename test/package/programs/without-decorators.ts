// Only types that can be erased, no decorators and no metadata: what Node runs as it is.
import { Container, dep, Lifecycle, type Ref, token } from "ambit";

interface Clock {
  now(): string;
}
const Clock = token<Clock>("Clock");
const requestId = token<string>("request id");

class Connection {
  async [Symbol.asyncDispose](): Promise<void> {
    console.log("closed");
  }
}

class Orders {
  readonly id: string;
  readonly connection: Connection;
  readonly clock: Clock | undefined;
  constructor(id: string, connection: Connection, clock?: Clock) {
    this.id = id;
    this.connection = connection;
    this.clock = clock;
  }
}

class Audit {
  readonly orders: Ref<Orders>;
  constructor(orders: Ref<Orders>) {
    this.orders = orders;
  }
  note(): string {
    const { id, clock } = this.orders.get();
    return `${id} at ${clock?.now() ?? "no time"}`;
  }
}

const context = { lifecycle: Lifecycle.ContextScoped } as const;
const container = new Container()
  .register(requestId, { useSeed: true })
  .register(Connection, { useAsyncFactory: async () => new Connection() }, context)
  .register(Orders, { useClass: Orders, deps: [requestId, Connection, dep.optional(Clock)] }, context)
  .register(Audit, { useClass: Audit, deps: [dep.ref(Orders)] }, { lifecycle: Lifecycle.Singleton });

for (const id of ["a", "b"]) {
  await container.runInScope({ seeds: [[requestId, id]] }, async (scope) => {
    const orders = await scope.resolveAsync(Orders);
    console.log(container.resolve(Audit).note(), orders === scope.resolve(Orders));
  });
}
