import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { CyclesClient } from "cycles-client";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { onTestFinished } from "vitest";
import type { Ask } from "../../examples/web/assistant.mjs";
import { expressApp } from "../../examples/web/express.mjs";
import { fastifyApp } from "../../examples/web/fastify.mjs";
import { honoApp } from "../../examples/web/hono.mjs";
import { nextRoute } from "../../examples/web/next.mjs";

/** An application whose only route does `work`. It has no error handler of its own. */
type Application = (work: () => Promise<string>) => Promise<string>;

export const applications: Readonly<Record<"Express" | "Fastify" | "Hono", Application>> = {
  Express: async (work) => {
    const app = express();
    // In development, Express sends the stack of every error.
    app.set("env", "production");
    app.get("/", async (_request, response) => {
      response.send(await work());
    });
    return listening(createServer(app));
  },
  Fastify: async (work) => {
    const app = fastify();
    app.get("/", () => work());
    onTestFinished(() => app.close());
    return app.listen({ host: "127.0.0.1", port: 0 });
  },
  Hono: async (work) => {
    const app = new Hono();
    app.get("/", async (context) => context.text(await work()));
    return listening(overFetch(app.fetch));
  },
};

/** Serves an example: `POST /ask` does the work under the budget of the user in `x-user`. */
type Service = (cycles: CyclesClient, ask: Ask) => Promise<string>;

export const services: Readonly<Record<"Express" | "Fastify" | "Hono" | "Next", Service>> = {
  Express: async (cycles, ask) => {
    const app = expressApp(cycles, ask);
    app.set("env", "production");
    return listening(createServer(app));
  },
  Fastify: async (cycles, ask) => {
    const app = fastifyApp(cycles, ask);
    onTestFinished(() => app.close());
    return app.listen({ host: "127.0.0.1", port: 0 });
  },
  Hono: async (cycles, ask) => listening(overFetch(honoApp(cycles, ask).fetch)),
  // Next passes a request of the web to a route handler, as this adapter does.
  Next: async (cycles, ask) => listening(overFetch(nextRoute(cycles, ask).POST)),
};

function overFetch(respond: (request: Request) => Response | Promise<Response>): Server {
  const listener = getRequestListener(respond);
  return createServer((request, response) => void listener(request, response));
}

/** Listens on a free loopback port until the test ends. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
