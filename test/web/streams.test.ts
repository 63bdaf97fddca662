import { createServer } from "node:http";
import { Readable } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { CyclesClient, tokens } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";
import { listening } from "./frameworks.js";

/** Serves the pieces as the body of `POST /`, in the scope of the agent that the body names. */
type Streamed = (cycles: CyclesClient, pieces: () => AsyncIterable<string>) => Promise<string>;

/** The scope is set before the body of the request is parsed. */
const early: Readonly<Record<string, Streamed>> = {
  Express: async (cycles, pieces) => {
    const app = express();
    app.use((request, _response, next) => {
      cycles.scope({ agent: request.get("x-user") ?? null }, next);
    });
    app.use(express.text({ limit: "1mb" }));
    app.post("/", (_request, response) => {
      Readable.from(pieces()).pipe(response);
    });
    return listening(createServer(app));
  },
  Fastify: async (cycles, pieces) => {
    const app = fastify();
    app.addHook("onRequest", (request, _reply, done) => {
      cycles.scope({ agent: String(request.headers["x-user"]) }, done);
    });
    app.post("/", (_request, reply) => reply.send(Readable.from(pieces())));
    onTestFinished(() => app.close());
    return app.listen({ host: "127.0.0.1", port: 0 });
  },
  Hono: async (cycles, pieces) => {
    const app = new Hono();
    app.use((context, next) => cycles.scope({ agent: context.req.header("x-user") ?? null }, next));
    app.post("/", async (context) => {
      await context.req.text();
      return new Response(Readable.toWeb(Readable.from(pieces())) as ReadableStream);
    });
    const listener = getRequestListener(app.fetch);
    return listening(createServer((request, response) => void listener(request, response)));
  },
};

describe.each(Object.entries(early))("in %s", (_, serve) => {
  it("a stream under a budget is charged to the user of its request", async () => {
    const authority = new EmbeddedCycles({ budgets: { "tenant:acme": tokens(1_000_000) } });
    const cycles = new CyclesClient({ ...authority.clientOptions("acme"), logLevel: "off" });
    const request = { action: { kind: "llm.completion", name: "m" }, estimate: tokens(100) };
    const source = async function* () {
      for (let piece = 0; piece < 50; piece += 1) {
        // More than the buffers of a socket hold, so that the stream has to wait for the reader.
        yield "x".repeat(100_000);
        await cycles.run(request, () => undefined, { actual: "estimate" });
      }
    };
    const url = await serve(cycles, () => cycles.stream(request, source, { actual: "estimate" }));
    const users = ["ann", "bob", "cyd"];
    const lengths = await Promise.all(
      users.map(async (user) => {
        const body = "?".repeat(200_000);
        const headers = { "x-user": user, "content-type": "text/plain" };
        return (await (await fetch(url, { method: "POST", headers, body })).text()).length;
      }),
    );
    expect(lengths).toEqual(users.map(() => 5_000_000));
    const agents = authority.requests
      .filter(({ operation }) => operation === "createReservation")
      .map(({ request }) => (request as { subject: { agent?: string } }).subject.agent);
    for (const user of users) expect(agents.filter((agent) => agent === user)).toHaveLength(51);
  });
});
