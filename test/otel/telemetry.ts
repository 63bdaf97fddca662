import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { onTestFinished } from "vitest";

/** The SDK of OpenTelemetry with a context, and what it has exported. */
export function telemetry(options: { readonly sampler?: Sampler } = {}) {
  const spans = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    ...options,
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metrics,
    exportIntervalMillis: 3_600_000,
  });
  const meters = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(async () => {
    context.disable();
    await meters.shutdown();
  });
  const tracer = provider.getTracer("app");
  const meter = meters.getMeter("app");
  return {
    tracer,
    meter,
    /** Runs work in an active span. */
    within<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
      return tracer.startActiveSpan(name, async (span) => {
        try {
          return await work();
        } finally {
          span.end();
        }
      });
    },
    /** A span that has ended. */
    span: (name: string) => spans.getFinishedSpans().find((span) => span.name === name),
    ended: () => spans.getFinishedSpans(),
    /** The value of each series of a metric, as text `unit kind …: value`; count and sum of a histogram. */
    async series(name: string): Promise<Record<string, unknown>> {
      await reader.forceFlush();
      const last = metrics.getMetrics().at(-1);
      const found = last?.scopeMetrics
        .flatMap((scope) => scope.metrics)
        .find(({ descriptor }) => descriptor.name === name);
      return Object.fromEntries(
        (found?.dataPoints ?? []).map(({ attributes, value }) => [
          Object.values(attributes).join(" "),
          typeof value === "number" ? value : { count: value.count, sum: value.sum },
        ]),
      );
    },
  };
}
