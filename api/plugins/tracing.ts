import {
  type Context,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

const TRACE_PARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

declare module 'fastify' {
  interface FastifyRequest {
    /** W3C traceparent that belongs to this request; it goes into the inbox row, and so on into the workflow. */
    traceParent: string | null
    span: Span | null
    traceContext: Context | null
  }
}

/**
 * One span per request. Without an exporter there are none, and the caller's own traceparent is passed on as it came.
 */
export const tracing = fp(
  async (app: FastifyInstance) => {
    const tracer = trace.getTracer('order-hub-api')
    app.decorateRequest('traceParent', null)
    app.decorateRequest('span', null)
    app.decorateRequest('traceContext', null)
    app.addHook('onRequest', (request, reply, done) => {
      const parent = propagation.extract(context.active(), request.headers)
      const name = `${request.method} ${request.routeOptions.url ?? 'unknown'}`
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, parent)
      request.traceParent = traceParentOf(span) ?? incoming(request.headers.traceparent)
      if (request.traceParent) reply.header('traceparent', request.traceParent)
      // Nobody records, and the caller has no trace: there is nothing to carry, and carrying has its price.
      if (!isSpanContextValid(span.spanContext())) return done()
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': request.routeOptions.url ?? 'unknown',
        'hub.request_id': request.id,
      })
      request.span = span
      request.traceContext = trace.setSpan(parent, span)
      context.with(request.traceContext, done)
    })
    // Reading the body leaves the asynchronous context of the first hook: enter it again for the handler.
    app.addHook('preValidation', (request, _reply, done) => {
      if (request.traceContext) context.with(request.traceContext, done)
      else done()
    })
    app.addHook('onResponse', (request, reply, done) => {
      request.span?.setAttribute('http.response.status_code', reply.statusCode)
      if (reply.statusCode >= 500) request.span?.setStatus({ code: SpanStatusCode.ERROR })
      request.span?.end()
      done()
    })
  },
  { name: 'tracing' },
)

function traceParentOf(span: Span): string | null {
  if (!span.isRecording()) return null
  const { traceId, spanId, traceFlags } = span.spanContext()
  const text = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
  return TRACE_PARENT.test(text) ? text : null
}

function incoming(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && TRACE_PARENT.test(header) ? header : null
}
