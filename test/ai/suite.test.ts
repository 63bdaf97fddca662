import { budget } from "cycles-client/ai";
import { meters } from "../llm/sdk/suite.js";
import { AI_VERSIONS, textSdk } from "./models.js";
import { middlewareOptions, openaiOf } from "./support.js";

for (const version of AI_VERSIONS) {
  for (const api of ["responses", "chat"] as const) {
    meters(
      `the middleware in ${version.name}, ${api}`,
      (setting) => {
        const model = version.ai.wrapLanguageModel({
          model: openaiOf(version, setting)[api]("gpt-4o-mini"),
          middleware: budget(setting.cycles, middlewareOptions(setting)),
        });
        return textSdk(version.ai, model);
      },
      // After a `break`, the SDK keeps the stream open for the other readers of the result.
      { leavesOpen: true },
    );
  }
}
