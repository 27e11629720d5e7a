/** The types of the guard and of the channels: checked by tsc (npm run types), never run. */
import { type Channels, Container, container, type LeakReport, type ScopeCloseMessage } from "ambit";

function containers(): void {
  new Container({ guard: true });
  // @ts-expect-error: on or off
  new Container({ guard: "yes" });
  const report: LeakReport = container.leaks();
  // @ts-expect-error: a report is read
  report.misused.push();
  container.id satisfies number;
  void container.runInScope({ origin: "GET /orders" }, () => {});
  // @ts-expect-error: words
  void container.runInScope({ origin: 1 }, () => {});
}

function messages(close: ScopeCloseMessage, resolve: Channels["ambit:resolve"]): void {
  if (close.step === "end") close.failures satisfies readonly unknown[];
  // @ts-expect-error: what disposers threw is known at the end
  else close.failures satisfies readonly unknown[];
  resolve.path satisfies readonly string[];
  // @ts-expect-error: messages carry no instance
  void resolve.value;
  // @ts-expect-error: there is no such channel
  type _None = Channels["ambit:scope.closed"];
}

void [containers, messages];
