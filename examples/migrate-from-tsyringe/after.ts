import { Readable } from "node:stream";
import Koa from "koa";
import { container, Lifecycle, singleton } from "ambit";
import { scopePerRequest } from "ambit/koa";
import { Connection, CurrentUser, Orders } from "./services.js";

@singleton()
class Visits {
  count = 0;
}

container.register(Connection, Connection, { lifecycle: Lifecycle.ContextScoped });
container.register(CurrentUser, { useSeed: true });

export const app = new Koa();

app.use(scopePerRequest(container, { seeds: (ctx) => [[CurrentUser, new CurrentUser(ctx.get("user"))]] }));

app.use((ctx) => {
  container.resolve(Visits).count++;
  const orders = container.resolve(Orders);
  if (ctx.path === "/all") ctx.body = Readable.from(orders.all());
  else ctx.body = { visit: container.resolve(Visits).count, latest: orders.latest() };
});

if (process.env.PORT) app.listen(process.env.PORT);
