/** `inRequestScope`: shares within one `get()`. */
import { makeContainer } from "./inversify-container.js";

export const title = "inversify, request scope";
export const cannot = {
  "shared between two gets": "shares within one get() only",
  "disposes what nobody kept": "disposes nothing: the bench ends both by hand",
};

export const make = (services) => makeContainer(services, { jitless: true });
