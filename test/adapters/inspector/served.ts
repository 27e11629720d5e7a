/** An inspector on a free port, and what it says. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { Inspector, type InspectorOptions } from "ambit/inspector";
import { onTestFinished } from "vitest";
import type { Snapshot } from "#src/adapters/inspector/snapshot.js";
import { ask, listen } from "../koa/server.js";

/** An inspector until the test has ended. */
export function inspect(options?: InspectorOptions): Inspector {
  const inspector = new Inspector(options);
  onTestFinished(() => inspector.close());
  return inspector;
}

/** Serves it with plain node:http; gives the port. `before` may change a request on its way. */
export async function serve(inspector: Inspector, before: (req: IncomingMessage) => void = () => {}): Promise<number> {
  return listen(
    createServer((req, res) => {
      before(req);
      if (!inspector.handle(req, res)) res.end("another's");
    }),
  );
}

/** What it shows now. */
export async function stateAt(port: number): Promise<Snapshot> {
  return JSON.parse((await ask(port, "/__ambit/state")).body) as Snapshot;
}

/** Asks until what it shows is so: ages grow by themselves. */
export async function stateWhere(port: number, isSo: (state: Snapshot) => boolean): Promise<Snapshot> {
  for (;;) {
    const state = await stateAt(port);
    if (isSo(state)) return state;
  }
}

/** What comes as server-sent events. */
export class Events {
  text = "";
  ended = false;
  private constructor(readonly response: IncomingMessage) {
    response.setEncoding("utf8").on("data", (text: string) => (this.text += text));
    response.on("error", () => {}).on("close", () => (this.ended = true));
  }

  static async at(port: number): Promise<Events> {
    const sent = request({ port, path: "/__ambit/events", agent: false }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    onTestFinished(() => void response.destroy());
    return new Events(response);
  }

  /** The states that have come whole. */
  get states(): Snapshot[] {
    const whole = this.text.split("\n\n").slice(0, -1);
    return whole.map((event) => JSON.parse(/^event: state\ndata: (.*)$/.exec(event)![1]) as Snapshot);
  }

  /** Waits for a state that is so. */
  async until(isSo: (state: Snapshot) => boolean): Promise<Snapshot> {
    for (;;) {
      const state = this.states.find(isSo);
      if (state !== undefined) return state;
      await once(this.response, "data");
    }
  }
}
