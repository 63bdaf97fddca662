// A streaming chat endpoint over the real OpenAI SDK. Its budget is enough for two questions, but not
// for three.
import { once } from "node:events";
import { CyclesClient, format, microcents } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import OpenAI from "openai";
import { endpoint } from "./endpoint.mjs";
import { openProvider } from "../provider/server.mjs";

const authority = new EmbeddedCycles({ budgets: { "tenant:acme": microcents(31_000) } });
const cycles = new CyclesClient(authority.clientOptions("acme"));
const provider = await openProvider();
const openai = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });

const server = endpoint(cycles, openai).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
for (const question of ["What do ducks eat?", "Where do geese sleep?", "Do swans sing?"]) {
  const response = await fetch(`http://127.0.0.1:${port}/chat`, { method: "POST", body: question });
  console.log(`${response.status} ${(await response.text()).trim()}`);
}
const [{ spent, remaining }] = authority.balances();
console.log(`${format(spent)} spent, ${format(remaining)} left`);
server.close();
provider.close();
await cycles.close();
