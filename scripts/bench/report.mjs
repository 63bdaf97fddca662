import { median } from "./figures.mjs";
import { LEFT_BEHIND } from "./first-reserve.mjs";
import { middleHalf, ratio } from "./rounds.mjs";
import { SEMI_SPACE_MB } from "./scaling.mjs";
import { AGAINST_TARGETS, figureText, limitOf, meets, TARGETS } from "./targets.mjs";

const BAR = 40;

/** Formats the whole result for a terminal. */
export function report(result) {
  const { levels, scale, roomy, distance, heap, first, imports, bundle, ratios } = result;
  return [
    where(result),
    ...levels.map(({ inFlight, runs }) => level(`${inFlight} in flight`, runs)),
    level("Over TLS, 20 ms delay, 32 in flight", distance),
    scalingCurve(scale, roomy),
    rows("Open guards", [
      ["heap of one guard beyond its response", `${heap.bytesPerGuard.toFixed(0)} bytes`],
      ["heap of the response", `${heap.bytesPerBody.toFixed(0)} bytes`],
      [`CPU of ${heap.guards} idle guards`, `${(heap.idleCpuShare * 100).toFixed(2)} %`],
    ]),
    firstReserve(first),
    rows("Import", [
      ["an empty module", `${imports.empty.toFixed(1)} ms`],
      ["cycles-client, beyond that", `${imports.client.toFixed(1)} ms`],
      ["cycles-client/embedded, beyond that", `${imports.embedded.toFixed(1)} ms`],
    ]),
    rows(
      `Browser bundle: ${bundle.bytes} bytes, ${bundle.gzipped} gzipped`,
      byFolder(bundle.modules).map(([path, bytes]) => [path, `${bytes} bytes`]),
    ),
    noise(levels),
    judged(TARGETS, ratios),
  ].join("\n\n");
}

/** Formats the comparison with another clone. */
export function reportAgainst(result) {
  const { levels, ratios } = result;
  return [
    where(result),
    ...levels.map(({ inFlight, runs }) => level(`${inFlight} in flight`, runs)),
    noise(levels),
    judged(AGAINST_TARGETS, ratios),
  ].join("\n\n");
}

function where({ machine, versions, left = [] }) {
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.platform}`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    ...left.map((name) => `${name} is not installed, so it is not compared`),
  ].join("\n");
}

function level(title, runs) {
  const head = ["", "pairs/s", "CPU µs", "p50 ms", "p99 ms", "of floor"];
  const lines = [...runs].map(([name, all]) => {
    const share = ratio(runs, name, "floor");
    const of = (figure) => median(all.map((run) => run[figure]));
    return [
      name,
      of("rate").toFixed(0),
      of("cpu").toFixed(1),
      of("p50").toFixed(2),
      of("p99").toFixed(2),
      `${share.toFixed(2)} ${bar(share)}`,
    ];
  });
  return `${title}\n${aligned([head, ...lines])}`;
}

function scalingCurve(runs, roomy) {
  const head = ["in flight", "pairs/s", "of 32"];
  const lines = [...runs].map(([inFlight, all]) => {
    const share = ratio(runs, inFlight, "32");
    const rate = median(all.map((run) => run.rate));
    return [inFlight, rate.toFixed(0), `${share.toFixed(2)} ${bar(share)}`];
  });
  return [
    `Throughput of the guard by calls in flight\n${aligned([head, ...lines])}`,
    `  with --max-semi-space-size=${SEMI_SPACE_MB}, 1,024 of 32: ${roomy.toFixed(2)}`,
  ].join("\n");
}

function firstReserve(first) {
  const head = ["left behind", "first reserve ms", "longest block ms"];
  const lines = first.map(({ left, reserveMs, blockedMs }) => [
    left === "nothing" ? left : `${LEFT_BEHIND} in ${left}`,
    reserveMs.toFixed(1),
    blockedMs.toFixed(1),
  ]);
  return `First reservation of a process\n${aligned([head, ...lines])}`;
}

/** The floor against itself: differences as small as this mean nothing. */
function noise(levels) {
  const head = ["in flight", "median", "middle half of the rounds"];
  const lines = levels.map(({ inFlight, runs }) => {
    const [low, high] = middleHalf(runs, "floor again", "floor");
    return [
      String(inFlight),
      ratio(runs, "floor again", "floor").toFixed(3),
      `${low.toFixed(2)}–${high.toFixed(2)}`,
    ];
  });
  return `Noise: the floor, of the floor\n${aligned([head, ...lines])}`;
}

/** Each figure with its target, and at the end those that miss it. */
function judged(targets, ratios) {
  const entries = Object.entries(targets);
  const missed = entries.filter(([name, target]) => !meets(target, ratios[name]));
  const lines = entries.map(([name, target]) => {
    const verdict = meets(target, ratios[name]) ? "met" : "MISSED";
    return [name, figureText(ratios[name]), limitOf(target), verdict, target.what];
  });
  const names = missed.map(([name]) => name).join(", ");
  return [
    `Targets\n${aligned(lines)}`,
    `${entries.length - missed.length} of ${entries.length} targets met${names && `; missed: ${names}`}`,
  ].join("\n\n");
}

/** Groups modules by package, and our own modules by folder. */
function byFolder(modules) {
  const folders = new Map();
  for (const { path, gzipped } of modules) {
    const folder = /^node_modules\/([^/]+)|^dist\/(.*)\/|^(.*)$/.exec(path)?.slice(1).find(Boolean);
    folders.set(folder, (folders.get(folder) ?? 0) + gzipped);
  }
  return [...folders].sort(([, one], [, other]) => other - one);
}

function rows(title, lines) {
  return `${title}\n${aligned(lines)}`;
}

function bar(share) {
  return "█".repeat(Math.round(Math.min(share, 1.5) * BAR * (2 / 3)));
}

/** Aligns the first and last columns to the left, and the columns between them to the right. */
function aligned(lines) {
  const widths = lines[0].map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 || column === line.length - 1
            ? cell.padEnd(widths[column])
            : cell.padStart(widths[column]),
        )
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}
