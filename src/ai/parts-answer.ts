import type { Answer } from "../llm/answer.js";
import type { Report } from "../llm/dialects/dialect.js";
import { isAnyObject, objectOf, textOf } from "../llm/dialects/values.js";
import { billed, type CallSpend, type Charging, partial } from "../llm/spend.js";
import type { LanguageModelPart } from "./middleware.js";
import { languageReport } from "./report.js";

/** Whether a part comes from the provider. The first one is made before anything has arrived. */
export function isFromProvider({ type }: LanguageModelPart): boolean {
  return type !== "stream-start";
}

/** Reads the stream of a language model while it passes through. */
export class PartsAnswer<Part extends LanguageModelPart> implements Answer<Part> {
  readonly #charging: Charging;
  readonly #texts: string[] = [];
  /** The tool calls whose arguments came in pieces, which the whole call repeats. */
  readonly #streamed = new Set<unknown>();
  #model: string | undefined;
  /** The report of the last part, which covers the whole answer. */
  #report: Report | undefined;

  constructor(charging: Charging) {
    this.#charging = charging;
  }

  read(part: Part): Part {
    if (isAnyObject(part)) this.#read(objectOf(part));
    return part;
  }

  end(): undefined {
    return undefined;
  }

  spend(): CallSpend {
    return this.#report === undefined
      ? partial(this.#charging, undefined, this.#texts.join(""))
      : billed(this.#charging, this.#report);
  }

  #read(part: Readonly<Record<string, unknown>>): void {
    switch (part["type"]) {
      case "tool-input-delta":
        this.#streamed.add(part["id"]);
        this.#add(part["delta"]);
        break;
      case "text-delta":
      case "reasoning-delta":
        this.#add(part["delta"]);
        break;
      case "tool-call":
        if (!this.#streamed.has(part["toolCallId"])) this.#add(part["input"]);
        break;
      case "response-metadata":
        this.#model = textOf(part["modelId"]);
        break;
      case "finish": {
        const { usage, providerMetadata } = part;
        this.#report = languageReport({
          usage,
          providerMetadata: objectOf(providerMetadata),
          response: { modelId: this.#model },
        });
        break;
      }
    }
  }

  #add(text: unknown): void {
    if (typeof text === "string") this.#texts.push(text);
  }
}
