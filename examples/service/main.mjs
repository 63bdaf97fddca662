// A service with a budget per request and per user. One user sends requests until their budget is
// spent; another user still gets a response.
import { CyclesClient, scopeId, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { serve } from "@hono/node-server";
import { once } from "node:events";
import { service } from "./app.mjs";

const authority = new EmbeddedCycles({
  budgets: {
    "tenant:acme": usd("1.00"),
    [`tenant:acme/agent:${scopeId("ann@example.com")}`]: usd("0.12"),
  },
});
const cycles = new CyclesClient(authority.clientOptions("acme"));
const app = service(cycles, async (question) => ({
  answer: `About “${question}”: …`,
  tokens: 60_000,
}));

const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
await once(server, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
for (const [user, question] of [
  ["ann", "ducks"],
  ["ann", "geese"],
  ["ann", "swans"],
  ["bob", "herons"],
]) {
  const response = await fetch(`http://127.0.0.1:${port}/ask`, {
    method: "POST",
    headers: { "x-user": `${user}@example.com` },
    body: question,
  });
  console.log(`${user} asks about ${question}: ${response.status} ${await response.text()}`);
}
for (const { scope, spent, remaining } of authority.balances()) {
  console.log(`${scope}: ${spent.amount} microcents spent, ${remaining.amount} left`);
}
server.close();
await cycles.close();
