import { table } from "../support/table.mjs";

/** A campaign's figures for people. */
export function report({ seed, answers, time, problems, ...counts }) {
  return [
    table(`Seed ${seed}`, [
      ["hostile answers", answers],
      ["seconds", Math.round(time.seconds)],
      ["CPU ms for each", time.cpuMsEach.toFixed(2)],
      ["answers that held the event loop up for 250 ms", time.slow],
      ["the longest, in ms", Math.round(time.longestMs)],
    ]),
    table("Ways", counts.cases),
    table("Operations", counts.operations),
    table("Statuses", counts.statuses),
    table("Errors", counts.errors),
    table("Notices", counts.notices),
    problems.length === 0
      ? "Nothing crashed, nothing hung, nothing leaked, and every commit is where it is said to be.\n"
      : `${problems.length} problems with seed ${seed}:\n  ${problems.join("\n  ")}\n`,
  ].join("\n\n");
}
