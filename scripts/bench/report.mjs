import { median } from "./figures.mjs";
import { ratio } from "./rounds.mjs";
import { meets, TARGETS } from "./targets.mjs";

const BAR = 40;

/** Formats the whole result for a terminal. */
export function report({
  machine,
  versions,
  left,
  levels,
  scale,
  distance,
  heap,
  imports,
  bundle,
  ratios,
}) {
  const parts = [
    [
      `${machine.cpu}, ${machine.cores} cores, ${machine.platform}`,
      ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
      ...left.map((name) => `${name} is not installed, so it is not compared`),
    ].join("\n"),
    ...levels.map(({ inFlight, runs }) => level(`${inFlight} in flight`, runs)),
    level("Over TLS, 20 ms delay, 32 in flight", distance),
    scalingCurve(scale),
    rows("Open guards", [
      ["heap of one guard beyond its response", `${heap.bytesPerGuard.toFixed(0)} bytes`],
      ["heap of the response", `${heap.bytesPerBody.toFixed(0)} bytes`],
      [`CPU of ${heap.guards} idle guards`, `${(heap.idleCpuShare * 100).toFixed(2)} %`],
    ]),
    rows("Import", [
      ["an empty module", `${imports.empty.toFixed(1)} ms`],
      ["cycles-client, beyond that", `${imports.client.toFixed(1)} ms`],
      ["cycles-client/embedded, beyond that", `${imports.embedded.toFixed(1)} ms`],
    ]),
    rows(
      `Browser bundle: ${bundle.bytes} bytes, ${bundle.gzipped} gzipped`,
      byFolder(bundle.modules).map(([path, bytes]) => [path, `${bytes} bytes`]),
    ),
    judged(ratios),
  ];
  return parts.join("\n\n");
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

function scalingCurve(runs) {
  const head = ["in flight", "pairs/s", "of 32"];
  const lines = [...runs].map(([inFlight, all]) => {
    const share = ratio(runs, inFlight, "32");
    const rate = median(all.map((run) => run.rate));
    return [inFlight, rate.toFixed(0), `${share.toFixed(2)} ${bar(share)}`];
  });
  return `Throughput of the guard by calls in flight\n${aligned([head, ...lines])}`;
}

function judged(ratios) {
  const lines = Object.entries(TARGETS).map(([name, target]) => {
    const limit = "least" in target ? `at least ${target.least}` : `at most ${target.most}`;
    const verdict = meets(target, ratios[name]) ? "ok" : "missed";
    return [name, ratios[name].toFixed(2), limit, verdict, target.what];
  });
  return `Targets\n${aligned(lines)}`;
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
