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
 * Traces of one process. Without an exporter nothing is recorded or sent, but the context still travels, so that
 * another process's trace is not broken here.
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
  const provider = new NodeTracerProvider({ resource, spanProcessors: used ? [used] : [] })
  provider.register()
  return { resource, processor: used ?? new NoopSpanProcessor(), stop: () => provider.shutdown() }
}
