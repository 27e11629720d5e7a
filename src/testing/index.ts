/** ambit/testing: an application's requests in every order of their steps, and a scope for each test. */
import "../index.js";

export { InjectedFailure } from "./director.js";
export { explore } from "./explore.js";
export { aroundTest, type EachTestScope, inTestScope, scopeFixture, type TestScopeOptions } from "./in-test-scope.js";
export type { ExploreOptions, Visit, VisitInScope } from "./options.js";
export type { Finding, FindingKind, Found, Report } from "./report.js";
export type { Timers } from "./scheduler.js";
export { io, step } from "./steps.js";
