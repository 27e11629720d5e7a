/** What the page is told: the state of this thread, in words and times. */
import { now } from "../../scope/channels.js";
import { reasonsOpen } from "../../scope/kept-open.js";
import type { Lifespan } from "../../scope/lifespan.js";
import type { SurveyedInstance } from "../../thread/survey.js";
import { threadName } from "../../thread/this-thread.js";
import { surveyThread } from "../../thread/thread-scope.js";
import type { Settings } from "./options.js";
import type { Counters, Recorder } from "./recorder.js";
import type { ScopeRecord } from "./scope-record.js";
import { cut } from "./words.js";

/** How many open scopes are listed, the oldest first. */
const MOST_LISTED = 50;
/** How many builds of an open scope, and how many instances of a container, are listed. */
const MOST_BUILDS = 30;
const MOST_INSTANCES = 200;
/** How many closed scopes go out at once: more than that nobody can follow. */
const MOST_FINISHED = 50;

/** A scope that is open, as the page shows it. */
export interface OpenScope {
  readonly id: string;
  readonly name: string | undefined;
  readonly containerId: number;
  readonly state: string;
  /** How long it has been open, in milliseconds; `undefined` where it opened before the inspector started. */
  readonly age: number | undefined;
  /** Why it is open for longer than the limit; empty when it is not. */
  readonly late: readonly string[];
  readonly record: ScopeRecord | undefined;
}

/** A container, as the page shows it. */
export interface ShownContainer {
  readonly id: number;
  readonly parentId: number | undefined;
  readonly open: number;
  readonly instances: readonly SurveyedInstance[];
  readonly more: number;
}

/** One message to the page. */
export interface Snapshot {
  readonly now: number;
  readonly process: string;
  readonly counters: Counters;
  readonly openTotal: number;
  readonly open: readonly OpenScope[];
  readonly containers: readonly ShownContainer[];
  /** The scopes that have closed since the message before, the oldest first; of many only the last. */
  readonly finished: readonly ScopeRecord[];
}

/** @param since how many scopes had closed when this was asked last; `undefined` the first time */
export function snapshotOf(recorder: Recorder, settings: Settings, since: number | undefined): Snapshot {
  const time = now();
  const containers = surveyThread();
  const open = containers.flatMap(({ id, scopes }) => scopes.map((scope) => ({ id, scope })));
  const finished = recorder.finishedSince(since ?? 0, since === undefined ? undefined : MOST_FINISHED);
  return {
    now: time,
    process: `process ${process.pid}, ${threadName()}`,
    counters: recorder.counters,
    openTotal: open.length,
    open: open.slice(0, MOST_LISTED).map(({ id, scope }) => shown(scope, id, time, recorder, settings)),
    containers: containers.map(({ id, parentId, instances, scopes }) => ({
      id,
      parentId,
      open: scopes.length,
      instances: instances.slice(0, MOST_INSTANCES).map(({ name, lifetime }) => ({ name: cut(name), lifetime })),
      more: Math.max(0, instances.length - MOST_INSTANCES),
    })),
    finished,
  };
}

function shown(scope: Lifespan, containerId: number, time: number, recorder: Recorder, settings: Settings): OpenScope {
  const record = recorder.open.get(scope.id);
  const age = record === undefined ? undefined : time - record.opened;
  const isLate = age === undefined || age > settings.lateAfter;
  return {
    id: scope.id,
    name: scope.name === undefined ? undefined : cut(scope.name),
    containerId,
    state: scope.state,
    age,
    late: isLate ? reasons(scope) : [],
    record: record && shortened(record),
  };
}

function reasons(scope: Lifespan): string[] {
  const known = reasonsOpen(scope).map((reason) => cut(reason));
  return known.length > 0 ? known : ["unknown: its work has not ended, or nobody has closed it"];
}

/** Of an open scope only the last builds, because it is sent again and again. */
function shortened(record: ScopeRecord): ScopeRecord {
  const left = Math.max(0, record.builds.length - MOST_BUILDS);
  if (left === 0) return record;
  return Object.assign(Object.create(null), record, {
    builds: record.builds.slice(left),
    moreBuilds: record.moreBuilds + left,
  });
}
