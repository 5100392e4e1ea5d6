import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { Resource } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  NoopSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'

export type Telemetry = {
  resource: Resource
  processor: SpanProcessor
  stop: () => Promise<void>
}

/**
 * Traces of one process. Without an exporter no spans are made, but the context still travels, so that another
 * process's trace is not broken here.
 *
 * @param processor for tests; otherwise made from the endpoint
 */
export function startTelemetry(
  serviceName: string,
  endpoint: string | undefined,
  processor: SpanProcessor | null = null,
): Telemetry {
  const resource = new Resource({ 'service.name': `order-hub-${serviceName}` })
  const used =
    processor ??
    (endpoint
      ? new BatchSpanProcessor(new OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href }))
      : null)
  if (!used) {
    // No provider: spans that nobody hears of are not made, and a caller's context is handed on as it came.
    propagation.setGlobalPropagator(new W3CTraceContextPropagator())
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    return { resource, processor: new NoopSpanProcessor(), stop: async () => undefined }
  }
  const provider = new NodeTracerProvider({ resource, spanProcessors: [used] })
  provider.register()
  return { resource, processor: used, stop: () => provider.shutdown() }
}
