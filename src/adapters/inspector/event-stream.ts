/** Tells pages, by server-sent events, whenever something has happened. Without a page it does nothing. */
import type { ServerResponse } from "node:http";
import type { Settings } from "./options.js";
import type { Recorder } from "./recorder.js";
import { snapshotOf } from "./snapshot.js";

/** How often pages are told, in milliseconds. */
const EVERY = 250;
/** After how many milliseconds without news they are told all the same: open scopes grow late. */
const AT_LEAST_EVERY = 2_000;
/** A page that has not taken this many bytes yet is not given more. */
const MOST_UNSENT = 1_000_000;
/** Browsers open no more than six of them to one host. */
const MOST_PAGES = 16;

interface Page {
  readonly res: ServerResponse;
  version: number;
  closed: number | undefined;
  told: number;
}

export class EventStream {
  readonly #pages = new Set<Page>();
  readonly #recorder: Recorder;
  readonly #settings: Settings;
  #timer: NodeJS.Timeout | undefined;

  constructor(recorder: Recorder, settings: Settings) {
    this.#recorder = recorder;
    this.#settings = settings;
  }

  /** Whether one more page can be told. */
  get isFull(): boolean {
    return this.#pages.size >= MOST_PAGES;
  }

  /** Tells this page everything, and from now on what is new, until it goes. */
  add(res: ServerResponse): void {
    const page: Page = { res, version: -1, closed: undefined, told: 0 };
    this.#pages.add(page);
    res.once("close", () => this.#gone(page));
    // A page that leaves while it is written to is no error of the process.
    res.on("error", () => undefined);
    this.#tell(page);
    this.#timer ??= setInterval(() => this.#tellAll(), EVERY).unref();
  }

  /** Ends the answers to all pages. */
  end(): void {
    for (const page of this.#pages) {
      page.res.end();
      this.#gone(page);
    }
  }

  #gone(page: Page): void {
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tellAll(): void {
    for (const page of this.#pages) {
      const isNews = page.version !== this.#recorder.version || performance.now() - page.told > AT_LEAST_EVERY;
      if (isNews && page.res.writableLength < MOST_UNSENT) this.#tell(page);
    }
  }

  #tell(page: Page): void {
    const snapshot = snapshotOf(this.#recorder, this.#settings, page.closed);
    page.version = this.#recorder.version;
    page.closed = this.#recorder.closed;
    page.told = performance.now();
    // JSON has no line break in it, which would end the event.
    page.res.write(`event: state\ndata: ${JSON.stringify(snapshot)}\n\n`);
  }
}
