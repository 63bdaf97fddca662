// A tool of an MCP server on a budget of risk points, and a client that calls it too often.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { CyclesClient, format, riskPoints } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { gate } from "cycles-client/tools";
import { z } from "zod";

const authority = new EmbeddedCycles({ budgets: { "tenant:acme": riskPoints(12) } });
const cycles = new CyclesClient(authority.clientOptions("acme"));

const server = new McpServer({ name: "office", version: "1.0.0" });
server.registerTool(
  "send_email",
  { description: "Sends an e-mail", inputSchema: { to: z.string() } },
  gate(
    cycles,
    { name: "send_email", cost: riskPoints(5), onDenied: "tell-the-model" },
    async ({ to }) => ({ content: [{ type: "text", text: `Sent to ${to}` }] }),
  ),
);

const client = new Client({ name: "agent", version: "1.0.0" });
const [ofClient, ofServer] = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(ofServer), client.connect(ofClient)]);

for (const to of ["ann", "bob", "cem"]) {
  const result = await client.callTool({ name: "send_email", arguments: { to } });
  const [{ text }] = /** @type {{ text: string }[]} */ (result.content);
  console.log(result.isError ? `Refused: ${text}` : text);
}

await client.close();
await cycles.close();
const [{ spent }] = authority.balances();
console.log(`Authority: requests ${authority.requests.length}, spent ${format(spent)}`);
