/** The report of /orders/report, read back. */
export interface UserReport {
  readonly user: string;
  readonly totals: readonly { product: string; quantity: number; cents: number }[];
}

export function reportIn(body: string): UserReport {
  const [headline, , , ...lines] = body.trimEnd().split("\n");
  const totals = lines.map((line) => line.split(/ +/));
  return {
    user: headline.replace("Ordered by ", ""),
    totals: totals.map(([product, quantity, paid]) => ({
      product,
      quantity: Number(quantity),
      cents: Math.round(Number(paid) * 100),
    })),
  };
}
