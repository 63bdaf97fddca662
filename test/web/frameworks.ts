import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { onTestFinished } from "vitest";

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
    const respond = getRequestListener(app.fetch);
    return listening(createServer((request, response) => void respond(request, response)));
  },
};

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
