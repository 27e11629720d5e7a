import "reflect-metadata";
import { Readable } from "node:stream";
import Koa from "koa";
import { container, type DependencyContainer, Lifecycle, singleton } from "tsyringe";
import { Connection, CurrentUser, Orders } from "./services.js";

@singleton()
class Visits {
  count = 0;
}

container.register(Connection, Connection, { lifecycle: Lifecycle.ContainerScoped });

export const app = new Koa<{ container: DependencyContainer }>();

app.use(async (ctx, next) => {
  const request = container.createChildContainer();
  request.registerInstance(CurrentUser, new CurrentUser(ctx.get("user")));
  ctx.state.container = request;
  try {
    await next();
  } finally {
    await request.dispose();
  }
});

app.use((ctx) => {
  const { container } = ctx.state;
  container.resolve(Visits).count++;
  const orders = container.resolve(Orders);
  if (ctx.path === "/all") ctx.body = Readable.from(orders.all());
  else ctx.body = { visit: container.resolve(Visits).count, latest: orders.latest() };
});

if (process.env.PORT) app.listen(process.env.PORT);
