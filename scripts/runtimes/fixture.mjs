import { createServer } from "node:net";
import { once } from "node:events";
import { portOf } from "./port.mjs";

/** Opens an authority on a socket, and a port that accepts connections and never responds. */
export async function openFixture() {
  const { usd } = await import("cycles-client");
  const { EmbeddedCycles } = await import("cycles-client/embedded");
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("100.00") }, cors: true });
  const server = await authority.listen();
  const sockets = new Set();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
  });
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  return {
    address: {
      baseUrl: server.url,
      apiKey: authority.apiKey("acme"),
      silentUrl: `http://127.0.0.1:${portOf(silent)}`,
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      silent.close();
      await authority.close();
    },
  };
}
