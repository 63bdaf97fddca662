import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/**
 * A stand-in for the provider that uses its wire format: chat completions as server-sent events. If
 * the request asks for the usage, the last event carries it. The stand-in repeats the question,
 * word by word.
 */
export async function openProvider() {
  const server = createServer((request, response) => {
    void text(request).then((body) => complete(JSON.parse(body), response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { baseURL: `http://127.0.0.1:${port}/v1`, close: () => server.close() };
}

/**
 * @param {any} request the request body from the SDK
 * @param {import("node:http").ServerResponse} response
 */
function complete({ messages, model, stream_options }, response) {
  const words = `You said: ${messages.at(-1).content}`.split(" ");
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (part) => {
    const chunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 0, model, ...part };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const word of words) {
    send({ choices: [{ index: 0, delta: { content: `${word} ` }, finish_reason: null }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  if (stream_options?.include_usage === true) {
    const prompt_tokens = messages.length * 8;
    const completion_tokens = words.length;
    const total_tokens = prompt_tokens + completion_tokens;
    send({ choices: [], usage: { prompt_tokens, completion_tokens, total_tokens } });
  }
  response.end("data: [DONE]\n\n");
}
