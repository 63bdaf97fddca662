// Shows the budget of two calls in the traces and metrics of OpenTelemetry, printed to the console.
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
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
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { BudgetDeniedError, CyclesClient, perMillion, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { instrument } from "cycles-client/otel";

// An application has this already: its exporters send to a collector.
const spans = new InMemorySpanExporter();
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: metrics });
const meters = new MeterProvider({ readers: [reader] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
);
const tracer = trace.getTracer("app");

const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("0.03") } });
const cycles = new CyclesClient(authority.clientOptions("acme"));
const uninstrument = instrument(cycles, { meter: meters.getMeter("app") });

for (const question of ["ducks", "herons"]) await inSpan(`ask about ${question}`, ask);

uninstrument();
await cycles.close();
await meters.forceFlush();
for (const { name, attributes } of spans.getFinishedSpans()) {
  console.log(name);
  for (const [key, value] of Object.entries(attributes)) console.log(`  ${key} = ${value}`);
}
const [exported] = metrics.getMetrics().slice(-1);
for (const { descriptor, dataPoints } of exported?.scopeMetrics[0]?.metrics ?? []) {
  for (const { attributes, value } of dataPoints) {
    const labels = Object.values(attributes).join(", ");
    const count = typeof value === "number" ? value : `${value.count} recorded`;
    console.log(`${descriptor.name} {${labels}} ${count}`);
  }
}
await meters.shutdown();

/** Stands in for a call to a model: the reply has 1,500 tokens. */
function ask() {
  const action = { kind: "llm.completion", name: "large" };
  return cycles.run({ action, estimate: usd("0.02") }, (guard) => {
    guard.setActual(perMillion("10.00", 1_500));
    return "…";
  });
}

/** The span of a request, which the instrumentation of a web framework makes in an application. */
function inSpan(name, work) {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof BudgetDeniedError)) throw error;
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.code });
    } finally {
      span.end();
    }
  });
}
