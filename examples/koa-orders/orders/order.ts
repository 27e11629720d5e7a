/** What an order is, and what a client may send to place one. */
import { z } from "zod";

export const NewOrder = z.strictObject({
  reference: z.string().regex(/^[\w.-]{1,64}$/, "1 to 64 letters, digits, dots, dashes or underscores"),
  lines: z
    .array(z.strictObject({ product: z.string().min(1).max(64), quantity: z.int().min(1).max(1_000) }))
    .min(1)
    .max(50),
});
export type NewOrder = z.output<typeof NewOrder>;
export type NewLine = NewOrder["lines"][number];

export interface OrderLine {
  product: string;
  quantity: number;
  unitPriceCents: number;
}

export interface Order {
  /** The user's first order is 1, and no number is ever missing. */
  number: number;
  reference: string;
  user: string;
  placedAt: string;
  lines: OrderLine[];
}
