/** What lives in this thread, for those who look at a running process: containers, what they have built, open scopes. */
import type { Lifespan } from "../scope/lifespan.js";

/** One container, as it is now. */
export interface ContainerSurvey {
  /** As messages of channels have it. */
  readonly id: number;
  readonly parentId: number | undefined;
  /** What it has built and keeps: singletons, container-scoped and thread-scoped instances, the oldest first. */
  readonly instances: readonly SurveyedInstance[];
  /** Its open scopes, those that are closing included, the oldest first. */
  readonly scopes: readonly Lifespan[];
}

/** Words about an instance. */
export interface SurveyedInstance {
  /** The token, in words. */
  readonly name: string;
  /** In prose: "thread-scoped". */
  readonly lifetime: string;
}
