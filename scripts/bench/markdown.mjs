import { median } from "./figures.mjs";
import { LEFT_BEHIND } from "./first-reserve.mjs";
import { ratio } from "./rounds.mjs";
import { SEMI_SPACE_MB } from "./scaling.mjs";
import { figureText, limitOf, meets, TARGETS } from "./targets.mjs";

/** Formats the result as the tables of docs/performance.md, for Prettier to align. */
export function markdown({ date, machine, versions, levels, scale, roomy, first, ratios }) {
  const versionList = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.platform}, ${versionList.join(", ")}`,
    "## Results",
    contenders(levels),
    "## Targets",
    targets(ratios),
    "## Calls in flight",
    table(
      ["in flight", "pairs/s", "of 32"],
      [...scale].map(([inFlight, all]) => [
        whole(Number(inFlight)),
        whole(median(all.map((run) => run.rate))),
        ratio(scale, inFlight, "32").toFixed(2),
      ]),
    ),
    `With \`--max-semi-space-size=${SEMI_SPACE_MB}\`, 1,024 of 32: ${roomy.toFixed(2)}`,
    "## Start over left-behind spends",
    table(
      ["left behind", "first reserve, ms", "longest block after it, ms"],
      first.map(({ left, reserveMs, blockedMs }) => [
        left === "nothing" ? left : `${whole(LEFT_BEHIND)} spends, ${left}`,
        reserveMs.toFixed(0),
        blockedMs.toFixed(0),
      ]),
    ),
  ].join("\n\n");
}

function contenders(levels) {
  const [one, many, most] = levels.map(({ runs }) => runs);
  const share = (runs, name) => (runs.has(name) ? ratio(runs, name, "floor").toFixed(2) : "");
  const figure = (runs, name, of) => median(runs.get(name).map((run) => run[of]));
  const head = [
    "contender",
    "1 in flight: pairs/s",
    "of floor",
    "32: pairs/s",
    "of floor",
    "CPU µs",
    "p99 ms",
    "256: of floor",
  ];
  const lines = [...many.keys()].map((name) => [
    name,
    whole(figure(one, name, "rate")),
    share(one, name),
    whole(figure(many, name, "rate")),
    share(many, name),
    figure(many, name, "cpu").toFixed(0),
    figure(many, name, "p99").toFixed(1),
    share(most, name),
  ]);
  return table(head, lines);
}

/** A missed target is bold. */
function targets(ratios) {
  const lines = Object.entries(TARGETS).map(([name, target]) => {
    const value = figureText(ratios[name]);
    return [
      `\`${name}\``,
      target.what,
      limitOf(target),
      meets(target, ratios[name]) ? value : `**${value}**`,
    ];
  });
  return table(["name", "figure", "target", "measured"], lines);
}

/** A table with its first column aligned to the left, and the others to the right. */
function table(head, lines) {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function whole(value) {
  return Math.round(value).toLocaleString("en-US");
}
