import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { riskPoints } from "cycles-client";
import { gate, gateTools } from "cycles-client/tools";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { scene } from "./scene.js";

const inputSchema = { to: z.string() };
const text = (message: string) => ({ content: [{ type: "text" as const, text: message }] });

/** Connects a client to a server, optionally in a session as over HTTP. */
async function connected(server: McpServer, sessionId?: string): Promise<Client> {
  const [ofClient, ofServer] = InMemoryTransport.createLinkedPair();
  if (sessionId !== undefined) ofServer.sessionId = sessionId;
  const client = new Client({ name: "test", version: "1.0.0" });
  await Promise.all([server.connect(ofServer), client.connect(ofClient)]);
  onTestFinished(() => client.close());
  return client;
}

/** A server with a tool that costs 5 risk points, and one without an input that costs 1. */
function office(points: number, onDenied: "throw" | "tell-the-model" = "throw") {
  const parts = scene({ points });
  const sent: string[] = [];
  const open = () => {
    const tools = gateTools(
      parts.cycles,
      {
        send_email: ({ to }: { to: string }) => {
          sent.push(to);
          return text(`Sent to ${to}`);
        },
        count: () => text(`${sent.length}`),
      },
      { send_email: riskPoints(5), count: riskPoints(1) },
      { onDenied },
    );
    const server = new McpServer({ name: "office", version: "1.0.0" });
    server.registerTool("send_email", { inputSchema }, tools.send_email);
    server.registerTool("count", {}, tools.count);
    return server;
  };
  return { ...parts, sent, open };
}

const email = (to: string) => ({ name: "send_email", arguments: { to } });

it("charges each call of a tool", async () => {
  const { open, sent, spent } = office(12);
  const client = await connected(open());
  expect(await client.callTool(email("ann"))).toEqual(text("Sent to ann"));
  expect(await client.callTool({ name: "count" })).toEqual(text("1"));
  expect(sent).toEqual(["ann"]);
  expect(spent()).toBe(6);
});

it("returns an error result in plain words for a call that does not fit", async () => {
  const { open, sent, spent } = office(8, "tell-the-model");
  const client = await connected(open());
  await client.callTool(email("ann"));
  expect(await client.callTool(email("bob"))).toEqual({
    ...text(
      'The tool "send_email" did not run: it costs 5 risk points, and the budget does not allow that. ' +
        "Use a cheaper tool, or finish without it.",
    ),
    isError: true,
  });
  expect(sent).toEqual(["ann"]);
  expect(spent()).toBe(5);
});

it("lets the SDK turn a denial that is thrown into an error result", async () => {
  const { open, sent } = office(3);
  const client = await connected(open());
  expect(await client.callTool(email("ann"))).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("BUDGET_EXCEEDED") }],
  });
  expect(sent).toEqual([]);
});

it("runs exactly as many parallel calls as fit", async () => {
  const { open, sent, spent } = office(12, "tell-the-model");
  const client = await connected(open());
  const results = await Promise.all(["a", "b", "c", "d"].map((to) => client.callTool(email(to))));
  expect(results.filter(({ isError }) => isError === true)).toHaveLength(2);
  expect(sent).toHaveLength(2);
  expect(spent()).toBe(10);
});

it("charges the calls of each connection, although their requests have the same ids", async () => {
  const { open, spent } = office(12);
  const [ann, bob] = [await connected(open()), await connected(open())];
  await ann.callTool(email("a"));
  await bob.callTool(email("b"));
  expect(spent()).toBe(10);
});

it("charges the calls of each session, and makes keys of its id and the ids of requests", async () => {
  const { open, spent, bodies } = office(12);
  const [ann, bob] = [await connected(open(), "s-1"), await connected(open(), "s-2")];
  await ann.callTool(email("a"));
  await bob.callTool(email("b"));
  expect(spent()).toBe(10);
  expect(bodies("createReservation").map(({ idempotency_key: key }) => key)).toEqual([
    "mcp:send__email:s-1:1",
    "mcp:send__email:s-2:1",
  ]);
});

it("gates one callback, too", async () => {
  const { cycles, spent } = scene({ points: 8 });
  const server = new McpServer({ name: "office", version: "1.0.0" });
  const options = { name: "send_email", cost: riskPoints(5), onDenied: "tell-the-model" } as const;
  server.registerTool(
    "send_email",
    { inputSchema },
    gate(cycles, options, ({ to }) => text(`Sent to ${to}`)),
  );
  const client = await connected(server);
  expect(await client.callTool(email("ann"))).toEqual(text("Sent to ann"));
  expect(await client.callTool(email("bob"))).toMatchObject({ isError: true });
  expect(spent()).toBe(5);
});
