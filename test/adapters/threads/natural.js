/** A worker that has something to do, and ends when it is done. */
import { once } from "node:events";
import { connect } from "node:net";
import { WorkerLocal } from "ambit";
import "ambit/worker";

const connection = new WorkerLocal(() => connect(Number(process.env.TEST_PORT), "127.0.0.1"), {
  async onExit(socket) {
    socket.ref();
    socket.write("bye\n");
    const closed = once(socket, "close");
    socket.end();
    socket.resume();
    await closed;
    if (process.env.TEST_DISPOSER === "fails") throw new RangeError("goodbye failed");
  },
});

await once(connection.get(), "connect");
connection.get().unref();
