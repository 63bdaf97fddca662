// One service in four frameworks. Each user has a budget. Ann's is spent after two questions, and Bob
// still gets replies.
import { once } from "node:events";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { CyclesClient, format, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import OpenAI from "openai";
import { openProvider } from "../provider/server.mjs";
import { assistant } from "./assistant.mjs";
import { expressApp } from "./express.mjs";
import { fastifyApp } from "./fastify.mjs";
import { honoApp } from "./hono.mjs";
import { nextRoute } from "./next.mjs";

const authority = new EmbeddedCycles({
  budgets: {
    "tenant:acme": usd("1.00"),
    "tenant:acme/agent:ann": usd("0.000225"),
    "tenant:acme/agent:bob": usd("0.10"),
  },
});
const cycles = new CyclesClient(authority.clientOptions("acme"));
const provider = await openProvider();
const openai = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
const ask = assistant(cycles, openai);
const fastify = fastifyApp(cycles, ask);
await fastify.ready();

/** @type {[string, import("node:http").RequestListener][]} */
const services = [
  ["Hono", getRequestListener(honoApp(cycles, ask).fetch)],
  ["Express", expressApp(cycles, ask)],
  ["Fastify", fastify.routing],
  ["Next", getRequestListener(nextRoute(cycles, ask).POST)],
];
for (const [name, listener] of services) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  for (const user of ["ann", "bob"]) {
    const response = await fetch(`http://127.0.0.1:${port}/ask`, {
      method: "POST",
      headers: { "x-user": user, "content-type": "text/plain" },
      body: "What do ducks eat?",
    });
    console.log(`${name}, ${user}: ${response.status} ${await response.text()}`);
  }
  server.close();
}

await cycles.close();
await fastify.close();
provider.close();
for (const { scope, spent } of authority.balances())
  console.log(`${scope}: ${format(spent)} spent`);
