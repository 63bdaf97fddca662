import { type ClientOptions, CyclesClient, type Notice, riskPoints, usd } from "cycles-client";
import { type BudgetOptions, EmbeddedCycles, ManualClock } from "cycles-client/embedded";

/** A client of an authority with 12 risk points and a dollar, and what the ledger says. */
export function scene({
  points = 12,
  caps,
  ...options
}: ClientOptions & { readonly points?: number } & Pick<BudgetOptions, "caps"> = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const risk: BudgetOptions = { allocated: riskPoints(points), ...(caps && { caps }) };
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": [risk, usd("1.00")] },
    clock,
  });
  const notices: Notice[] = [];
  const cycles = new CyclesClient({
    ...authority.clientOptions("acme"),
    logLevel: "off",
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  const balance = (unit: string) => authority.balances().find(({ spent }) => spent.unit === unit);
  return {
    cycles,
    authority,
    clock,
    notices,
    /** The risk points that are spent, and those that are held. */
    spent: () => balance("RISK_POINTS")?.spent.amount,
    held: () => balance("RISK_POINTS")?.reserved.amount,
    /** The operations that the authority received, in their order. */
    operations: () => authority.requests.map(({ operation }) => operation),
    /** The bodies of one operation. */
    bodies: (operation: string) =>
      authority.requests
        .filter((request) => request.operation === operation)
        .map(({ body }) => JSON.parse(String(body))),
  };
}
