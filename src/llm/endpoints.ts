// The endpoints of providers that no dialect covers. Paths are without a query and a slash at the end.

/** Why a POST to this path costs money that cannot be metered; undefined if it does not. */
export function refusalOf(path: string): string | undefined {
  const found = REFUSED.find(([pattern]) => pattern.test(path));
  return found === undefined ? undefined : `${found[1]} cannot be metered.`;
}

/** Whether a POST to this path costs nothing by itself, even if its body names a model. */
export function isFree(path: string): boolean {
  return FREE.some((pattern) => pattern.test(path));
}

const REFUSED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\/batches$/i, "A batch"],
  [/:(?:asyncB|b)atch(?:GenerateContent|EmbedContent)$/i, "A batch"],
  [/\/batchPredictionJobs$/i, "A batch"],
  [/\/realtime\//i, "A realtime session"],
  [/\/auth_tokens$/i, "A token for a realtime session"],
  [/\/fine_tuning\/jobs(?:\/[^/]+\/resume)?$/i, "Fine-tuning"],
  [/\/(?:fine-tunes|tuningJobs|tunedModels)$/i, "Fine-tuning"],
  [/\/graders\/run$/i, "A grader"],
  [/\/evals\/[^/]+\/runs$/i, "A run of an evaluation"],
  [/\/audio\/(?:speech|transcriptions|translations)$/i, "Speech"],
  [/\/images\/(?:generations|edits|variations)$/i, "The generation of images"],
  [/\/videos(?:\/|$)/i, "The generation of videos"],
  [/:predict(?:LongRunning)?$/i, "A prediction"],
  [/:(?:streamR|r)awPredict$/i, "A prediction of this publisher"],
  [/\/threads\/(?:runs|[^/]+\/runs(?:\/[^/]+\/submit_tool_outputs)?)$/i, "A run of an assistant"],
  [/\/chatkit\/sessions$/i, "A chat session"],
  [/\/v\d\/(?:sessions(?:\/[^/]+\/events)?|dreams)$/i, "A session of an agent"],
  [/\/interactions$/i, "An interaction"],
  [/\/responses\/compact$/i, "The compaction of a conversation"],
  [/\/containers$/i, "A container"],
  [/\/cachedContents$/i, "A cache of content"],
  // Amazon Bedrock: its requests are signed, so that no limit can be written into them.
  [/\/model\/[^/]+\/(?:invoke|converse)/i, "A signed request to Amazon Bedrock"],
];

const FREE: readonly RegExp[] = [
  /[/:](?:count_?tokens|computeTokens|input_tokens|tokenize|detokenize|cancel)$/i,
  /\/moderations$/i,
  // Only the runs of assistants and threads cost money. Both are refused above.
  /\/assistants(?:\/[^/]+)?$/i,
  /\/threads(?:\/[^/]+(?:\/messages(?:\/[^/]+)?)?)?$/i,
];
