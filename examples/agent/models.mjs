import { estimate, metered } from "cycles-client/llm";
import { prices } from "cycles-client/prices";
import OpenAI from "openai";
import { openProvider } from "../provider/server.mjs";
import { countTokens } from "./tokens.mjs";

/** @import { Amount, CyclesClient } from "cycles-client" */

/** The models that the agent uses. Their prices are in the table of `cycles-client/prices`. */
export const models = { expensive: "gpt-4.1", cheap: "gpt-4.1-mini" };

/** @typedef {Awaited<ReturnType<typeof openModels>>} Models */

/**
 * Opens the stand-in for the provider, and a metered client of it. The models of the stand-in write
 * what `say` was given last.
 * @param {CyclesClient} cycles
 */
export async function openModels(cycles) {
  const provider = await openProvider();
  const price = prices();
  /** @type {Amount | undefined} */
  let last;
  const sdk = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
  const openai = metered(sdk, cycles, {
    price,
    // The text is English, so an exact count is known. A tight estimate lets more parts run.
    estimate: (call) => (last = estimate(call, { price, input: countTokens })),
  });
  return {
    openai,
    /** @param {string} text */
    say: (text) => provider.next({ say: text }),
    /** The amount that the last call asked for. */
    get lastEstimate() {
      if (last === undefined) throw new Error("no call was made");
      return last;
    },
    close: () => provider.close(),
  };
}
