/** What the scripts of the page, which are one script when they run, know of each other's data. */
type Snapshot = import("../snapshot.js").Snapshot;
type OpenScope = import("../snapshot.js").OpenScope;
type ScopeRecord = import("../scope-record.js").ScopeRecord;

/** One line of a waterfall. */
interface Bar {
  readonly kind: "build" | "dispose" | "wait";
  readonly name: string;
  readonly detail: string;
  readonly depth: number;
  /** From what was asked for down to this; empty where there is none. */
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly error: string | undefined;
}
