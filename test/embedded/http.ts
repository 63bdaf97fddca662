import { usd } from "cycles-client";
import { type AuthorityOptions, EmbeddedCycles, ManualClock } from "cycles-client/embedded";

/** Bodies and query strings as they come over HTTP, and answers as they go. */
export function served(options: Partial<AuthorityOptions> = {}) {
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": usd("1.00") },
    clock,
    ...options,
  });
  let keys = 0;
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await authority.fetch(`http://cycles.test/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        "x-cycles-api-key": authority.apiKey("acme"),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body: answer };
  };
  const key = () => `key-${String((keys += 1))}`;
  const post = (path: string, body: object, headers?: Record<string, string>) =>
    call("POST", path, { idempotency_key: key(), ...body }, headers);
  return {
    authority,
    clock,
    call,
    get: (path: string) => call("GET", path),
    post,
    reserve: async (body: object = {}) => {
      const { body: answer } = await post("/reservations", { ...reservation, ...body });
      return String(answer["reservation_id"]);
    },
    /** Amounts of a budget: allocated, spent, reserved, debt, remaining. */
    books: (scope = "tenant:acme") => {
      const [balance] = authority.balances(scope);
      const { allocated, spent, reserved, debt, remaining } = balance ?? {};
      return [allocated, spent, reserved, debt, remaining].map((amount) => amount?.amount);
    },
  };
}

export const reservation = {
  subject: { tenant: "acme" },
  action: { kind: "llm.completion", name: "gpt-4o-mini" },
  estimate: { unit: "USD_MICROCENTS", amount: 40_000_000 },
};

export const cents = (amount: number) => ({ unit: "USD_MICROCENTS", amount: amount * 1_000_000 });
