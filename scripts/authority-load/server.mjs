// Serves an authority, or a server that does nothing, to the process that started it.
//   node server.mjs authority|nothing
import { once } from "node:events";
import { createServer } from "node:http";
import { memory } from "./memory.mjs";
import { createAuthority } from "./work.mjs";

const { url, apiKey, balance } = await (process.argv[2] === "authority"
  ? serveAuthority()
  : serveNothing());
process.send?.({ url, apiKey });
process.on("message", () => {
  process.send?.({ ...memory(), balance: balance() });
});

async function serveAuthority() {
  const authority = createAuthority();
  const { url } = await authority.listen();
  const [tenant] = authority.tenants;
  return {
    url,
    apiKey: authority.apiKey(tenant),
    balance: () => authority.balances("tenant:acme")[0],
  };
}

/** For comparison, a server that reads the body and responds with a constant. */
async function serveNothing() {
  const body = JSON.stringify({ reservation_id: "none" });
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": body.length,
      });
      response.end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey: "none",
    balance: () => undefined,
  };
}
