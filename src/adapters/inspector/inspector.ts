/** The inspector: what it answers to whom. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { refusalOf } from "./access.js";
import { EventStream } from "./event-stream.js";
import { type InspectorOptions, type Settings, settingsOf } from "./options.js";
import { CONTENT_SECURITY_POLICY, PAGE } from "./page.js";
import { Recorder } from "./recorder.js";
import { snapshotOf } from "./snapshot.js";

/** What no answer goes without. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/**
 * Shows, live, what scopes of this thread are open and why, and what the last ones built and disposed. For development.
 *
 * It names types and tokens, and shows no value. From when it is made until `close()` it listens to ambit's channels;
 * of scopes that were opened before, it knows only that they are open. It keeps words, and no instance.
 */
export class Inspector implements Disposable {
  readonly #settings: Settings;
  readonly #recorder: Recorder;
  readonly #events: EventStream;
  #closed = false;

  /** @throws InspectorError ERR_AMBIT_INSPECTOR where NODE_ENV is "production", unless the option `production` is set */
  constructor(options: InspectorOptions = {}) {
    this.#settings = settingsOf(options);
    this.#recorder = new Recorder(this.#settings);
    this.#events = new EventStream(this.#recorder, this.#settings);
  }

  /**
   * Answers the request, if it is for the inspector: `createServer((req, res) => inspector.handle(req, res) || app(req, res))`.
   *
   * @returns whether it was
   */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const part = this.#partOf(req.url);
    if (part === undefined || this.#closed) return false;
    const refusal = refusalOf(req, this.#settings);
    if (refusal !== undefined) answer(res, 403, refusal);
    else if (req.method !== "GET" && req.method !== "HEAD") answer(res, 405, "The inspector is only looked at.");
    else this.#show(part, req, res);
    return true;
  }

  /** Stops listening, ends the answers to its pages, and forgets. Afterwards it answers nothing. */
  close(): void {
    this.#closed = true;
    this.#recorder.stop();
    this.#events.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** What is asked for below its path; `undefined` where the request is another's. */
  #partOf(url = ""): string | undefined {
    const path = url.split("?", 1)[0];
    if (path === this.#settings.path) return "/";
    return path.startsWith(`${this.#settings.path}/`) ? path.slice(this.#settings.path.length) : undefined;
  }

  #show(part: string, req: IncomingMessage, res: ServerResponse): void {
    if (part === "/") return answer(res, 200, PAGE, "text/html; charset=utf-8");
    if (part === "/state") {
      const snapshot = snapshotOf(this.#recorder, this.#settings, undefined);
      return answer(res, 200, JSON.stringify(snapshot), "application/json; charset=utf-8");
    }
    if (part !== "/events") return answer(res, 404, "The inspector has nothing here.");
    if (this.#events.isFull) return answer(res, 503, "Too many pages of the inspector are open.");
    res.writeHead(200, { ...HEADERS, "content-type": "text/event-stream; charset=utf-8" });
    if (req.method === "HEAD") res.end();
    else this.#events.add(res);
  }
}

function answer(res: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): void {
  res.writeHead(status, { ...HEADERS, "content-type": type, "content-length": Buffer.byteLength(body) });
  res.end(res.req.method === "HEAD" ? undefined : body);
}
