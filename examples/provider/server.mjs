import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { nothing, total } from "./bill.mjs";
import { respond } from "./call.mjs";
import { formatOf } from "./format.mjs";

/** @import { Call } from "./call.mjs" */
/** @import { Plan } from "./plan.mjs" */

/**
 * Opens a stand-in for providers of models. It runs on 127.0.0.1 and speaks the wire formats of
 * OpenAI, Anthropic and Gemini.
 */
export async function openProvider() {
  /** @type {Call[]} */
  const calls = [];
  /** @type {Plan[]} */
  const plans = [];
  const server = createServer((request, response) => {
    void receive(request, response, calls, plans).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const origin = `http://127.0.0.1:${port}`;
  return {
    /** The base URL for the SDKs of Anthropic and Gemini. */
    origin,
    /** The base URL for the OpenAI SDK, and for others that speak its wire format. */
    baseURL: `${origin}/v1`,
    /** The calls so far, refused ones included. Each attempt of a client is a call. */
    calls,
    /** What the calls so far cost, in tokens. */
    get billed() {
      return total(calls.map(({ bill }) => bill));
    },
    /**
     * Says what the next calls get, one each.
     * @param {...Plan} next
     */
    next(...next) {
      plans.push(...next);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {Call[]} calls
 * @param {Plan[]} plans
 */
async function receive(request, response, calls, plans) {
  const { pathname: path } = new URL(request.url ?? "/", "http://provider");
  const format = request.method === "POST" ? formatOf(path) : undefined;
  if (format === undefined) return answerFree(path, response);

  const plan = plans.shift() ?? {};
  const body = /** @type {any} */ (await json(request));
  /** @type {Call} */
  const call = {
    number: calls.length + 1,
    path,
    format: format.name,
    model: format.read(path, body).model,
    headers: request.headers,
    body,
    status: plan.status ?? 200,
    ending: undefined,
    bill: nothing(),
    cut: () => response.destroy(),
    closed: new Promise((resolve) => response.once("close", resolve)),
  };
  calls.push(call);
  const id = `req_${call.number}`;
  response.setHeaders(new Headers({ "x-request-id": id, "request-id": id }));
  // The SDKs then try again at once.
  if (call.status !== 200) response.setHeader("retry-after-ms", "1");
  call.ending = await respond(call, format, plan, response);
}

/**
 * What costs nothing: the list of models.
 * @param {string} path
 * @param {import("node:http").ServerResponse} response
 */
function answerFree(path, response) {
  const isList = path.endsWith("/models");
  const data = [{ id: "gpt-4o-mini", object: "model", created: 0, owned_by: "provider" }];
  response.writeHead(isList ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(isList ? { object: "list", data } : { error: { message: path } }));
}
