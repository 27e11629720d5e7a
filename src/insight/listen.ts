/** Hears ambit's channels, each with the type of its messages. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Channels } from "../scope/channels.js";

/** What is called with the messages of each channel. */
export type Listeners = { readonly [Name in keyof Channels]: (message: Channels[Name]) => void };

/** Listens from now on. @returns what ends that */
export function listen(listeners: Listeners): () => void {
  const all = Object.entries(listeners) as [keyof Channels, (message: unknown) => void][];
  for (const [name, listener] of all) subscribe(name, listener);
  return () => {
    for (const [name, listener] of all) unsubscribe(name, listener);
  };
}
