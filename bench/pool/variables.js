/** Variables that travel, declared alike on both sides. */
import { ContextVar } from "../ambit.js";

export const variables = Array.from(
  { length: 50 },
  (_, index) => new ContextVar(`variable ${index}`, { travels: true }),
);
