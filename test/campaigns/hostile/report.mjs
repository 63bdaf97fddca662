import { table } from "../support/table.mjs";

/** Formats the figures of a campaign for a terminal. */
export function report({ seed, responses, time, problems, ...counts }) {
  return [
    table(`Seed ${seed}`, [
      ["hostile responses", responses],
      ["seconds", Math.round(time.seconds)],
      ["CPU ms per response", time.cpuMsEach.toFixed(2)],
      ["responses that blocked the event loop for over 250 ms", time.slow],
      ["longest time that one blocked it, in ms", Math.round(time.longestMs)],
    ]),
    table("Cases", counts.cases),
    table("Operations", counts.operations),
    table("Statuses", counts.statuses),
    table("Errors", counts.errors),
    table("Notices", counts.notices),
    problems.length === 0
      ? "No crash, no hang and no leaked secret, and every commit was reported as what it is.\n"
      : `${problems.length} problems, seed ${seed}:\n  ${problems.join("\n  ")}\n`,
  ].join("\n\n");
}
