// A provider that streams 1,000 chunks, in a process apart from the measured one.
import { once } from "node:events";
import { createServer } from "node:http";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

const CHUNKS = 1_000;

function chunk(choices, more = {}) {
  const body = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000 };
  return `data: ${JSON.stringify({ ...body, model: "gpt-4o-mini", ...more, choices })}\n\n`;
}

const server = createServer((request, response) => {
  void answer(request, response);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
process.send?.(`http://127.0.0.1:${port}`);
process.on("disconnect", () => process.exit());

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function answer(request, response) {
  request.resume();
  const isPaced = request.url?.includes("paced") === true;
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let index = 0; index < CHUNKS; index += 1) {
    const delta = { content: ` word${index}` };
    response.write(chunk([{ index: 0, delta, logprobs: null, finish_reason: null }]));
    await (isPaced ? sleep(1) : turn());
  }
  response.write(chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]));
  const usage = { prompt_tokens: 10, completion_tokens: CHUNKS, total_tokens: CHUNKS + 10 };
  response.write(chunk([], { usage }));
  response.end("data: [DONE]\n\n");
}
