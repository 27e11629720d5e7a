/** Who asks: in a worker there is no Koa context to say so, but the user's id has come with the task. */
import { container, Lifecycle } from "ambit";
import { CurrentUser } from "../koa-orders/auth/current-user.js";
import { userId } from "../koa-orders/logging.js";

container.register(
  CurrentUser,
  { useFactory: () => ({ id: userId.get() }) },
  { lifecycle: Lifecycle.ContextScoped }, // one per report
);
