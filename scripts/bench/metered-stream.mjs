#!/usr/bin/env node
// Compares the CPU time of a streamed answer of 1,000 chunks with metering and without, in one run.
//   npm run bench:llm [-- --quick]
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CyclesClient, tokens } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { meteredFetch } from "cycles-client/llm";
import OpenAI from "openai";

const TARGET = 0.15;
const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const rounds = values.quick ? 15 : 60;

const child = fork(fileURLToPath(new URL("metered-stream-server.mjs", import.meta.url)));
const [provider] = await once(child, "message");
// The authority is in this process: requests over a socket would be measured, too.
const authority = new EmbeddedCycles({ budgets: { "tenant:acme": tokens(1_000_000_000) } });
const client = new CyclesClient({
  ...authority.clientOptions("acme"),
  journal: false,
  logLevel: "off",
});
const fetches = {
  plain: globalThis.fetch,
  metered: meteredFetch(client, { estimate: () => tokens(10_000) }),
};

/** Reads the bytes of an answer, as a program without an SDK does. */
async function readBytes(fetch, pace) {
  const response = await fetch(`${provider}/v1/chat/completions?pace=${pace}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [], stream: true }),
  });
  let count = 0;
  for await (const bytes of response.body) count += Math.sign(bytes.length);
  return count;
}

/** Reads an answer through the SDK. */
async function readEvents(fetch, pace) {
  const openai = new OpenAI({
    apiKey: "sk-offline",
    baseURL: `${provider}/v1`,
    defaultQuery: { pace },
    fetch,
  });
  const stream = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [],
    stream: true,
  });
  let count = 0;
  for await (const { choices } of stream) count += choices.length;
  return count;
}

/** @type {[string, typeof readBytes, string][]} */
const cases = [
  ["bytes, as they come", readBytes, "burst"],
  ["bytes, one chunk at a time", readBytes, "paced"],
  ["openai, as they come", readEvents, "burst"],
  ["openai, one chunk at a time", readEvents, "paced"],
];
let worst = 0;
for (const [name, read, pace] of cases) {
  const times = { plain: [], metered: [] };
  let counts = "";
  for (let round = -5; round < (pace === "paced" ? rounds / 3 : rounds); round += 1) {
    for (const kind of round % 2 === 0 ? ["plain", "metered"] : ["metered", "plain"]) {
      const before = process.cpuUsage();
      counts = `${await read(fetches[kind], pace)}`;
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[kind].push((user + system) / 1_000);
    }
  }
  const plain = median(times.plain);
  const metered = median(times.metered);
  const overhead = metered / plain - 1;
  worst = Math.max(worst, overhead);
  console.log(
    `${name} (${counts} reads): ${plain.toFixed(1)} ms plain, ${metered.toFixed(1)} ms metered, ${(100 * overhead).toFixed(1)} %`,
  );
}
console.log(`worst ${(100 * worst).toFixed(1)} %, target under ${100 * TARGET} %`);
await client.close();
child.disconnect();

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
