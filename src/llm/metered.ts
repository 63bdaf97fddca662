import { type Budget, CyclesConfigError } from "../index.js";
import { meteredGoogle } from "./google-client.js";
import { meteredClone } from "./metered-clone.js";
import type { MeterOptions } from "./options.js";

/**
 * Returns a client of the same SDK whose calls to models are metered. The calls, their types and
 * their results stay as they are, and so does the client that was passed in.
 *
 * It takes clients of `openai`, `@anthropic-ai/sdk`, `groq-sdk` and `@google/genai`, and of other
 * SDKs whose clients have `withOptions({ fetch })`. For everything else, see {@link meteredFetch}.
 *
 * A call that is denied throws the `BudgetDeniedError` after one attempt, and nothing is sent
 * to the provider.
 *
 * @throws `CyclesConfigError` if the client has no place for a metered `fetch`, or if an
 * option cannot be used.
 * @example
 * ```ts
 * import { CyclesClient } from "cycles-client";
 * import { metered } from "cycles-client/llm";
 * import { prices } from "cycles-client/prices";
 * import OpenAI from "openai";
 * const cycles = new CyclesClient();
 * const openai = metered(new OpenAI(), cycles, { price: prices() });
 * ```
 */
export function metered<Client extends object>(
  client: Client,
  budget: Budget,
  options: MeterOptions = {},
): Client {
  const copy =
    meteredClone(client, budget, options) ?? meteredGoogle(client, budget, options) ?? undefined;
  if (copy === undefined) throw noSeam(client);
  // The copy was made by the constructor of the client.
  return copy as Client;
}

function noSeam(client: object): CyclesConfigError {
  const { name } = client.constructor;
  return new CyclesConfigError(
    `metered() cannot meter this ${name || "client"}: it has no \`withOptions({ fetch })\`, and is no client of a supported version of @google/genai. If its SDK takes a \`fetch\`, pass \`meteredFetch(cycles, …)\` when you create the client. For LangChain, that is \`configuration: { fetch }\`.`,
  );
}
