import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTelemetry, type Telemetry } from '../../connectors/telemetry.ts'
import { createApiKey, type System } from '../../store/identity.ts'
import { createTestApi, type TestApi } from '../api/support.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** One process plays all three here, so that every span of the way ends up in one exporter. */
const exporter = new InMemorySpanExporter()
let telemetry: Telemetry
let hub: TestHub
let api: TestApi
beforeAll(async () => {
  // Before anything else in this process: only the first provider counts.
  telemetry = startTelemetry('tracing-test', undefined, new SimpleSpanProcessor(exporter))
  // So that something follows from placing the order alone: its hold ends, and the workflow asks the database.
  hub = await startTestHub({ holdTtlSeconds: 1, life: { latePaymentWindowSeconds: 60 } })
  api = await createTestApi({ deps: { db: hub.db } })
})
afterAll(async () => {
  await api.close()
  await hub.close()
  await telemetry.stop()
})

const traceId = () => uuid().replaceAll('-', '')

/** Sends a request as a caller who has a trace of its own, and returns what was answered and the span it made. */
async function ask(system: System, url: string, trace: string, payload: object) {
  const { secret } = await createApiKey(hub.db, { name: uuid(), system, storeIds: [] })
  const response = await api.app.inject({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${secret}`,
      'idempotency-key': uuid(),
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    },
    payload,
  })
  expect(response.statusCode).toBe(201)
  return { body: response.json(), request: await untilSpan(trace, /^POST /) }
}

const untilSpan = (trace: string, name: RegExp): Promise<ReadableSpan> =>
  hub.until(`${name} in trace ${trace}`, async () =>
    exporter.getFinishedSpans().find((span) => span.spanContext().traceId === trace && name.test(span.name)),
  )

const spanId = (span: ReadableSpan) => span.spanContext().spanId

test('one trace leads from the request through inbox, relay and workflow to the activities that follow from it', async () => {
  const placing = traceId()
  const { body, request } = await ask('mall', '/v1/orders', placing, {
    storeId: 'MALL',
    channel: 'mall',
    contact: { name: '张三', phone: '13800138000', divisionCode: '330106', address: '文三路 1 号' },
    lines: [{ skuId: 'SKU-A', quantity: 1, unitPriceCents: 1_000 }],
  })
  expect(request.parentSpanId).toBe('00f067aa0ba902b7')
  const row = await hub.db
    .selectFrom('inbox')
    .select('trace_parent')
    .where('order_key', '=', body.orderId)
    .executeTakeFirstOrThrow()
  expect(row.trace_parent).toBe(`00-${placing}-${spanId(request)}-01`)
  const start = await untilSpan(placing, /^StartWorkflow:order$/)
  expect(start.parentSpanId).toBe(spanId(request))
  // Through the header of the workflow, which makes no span of its own.
  const effect = await untilSpan(placing, /^RunActivity:/)
  expect(effect.parentSpanId).toBe(spanId(start))

  // What follows from a payment belongs to the payment's request, not to the order's.
  const paying = traceId()
  const payment = await ask('payments', `/v1/orders/${body.orderId}/payments`, paying, {
    paymentId: uuid(),
    amountCents: body.amountCents,
    method: 'wechat',
    paidAt: new Date().toISOString(),
  })
  const signal = await untilSpan(paying, /^SignalWorkflow:/)
  expect(signal.parentSpanId).toBe(spanId(payment.request))
  const consequence = await untilSpan(paying, /^RunActivity:/)
  expect(consequence.parentSpanId).toBe(spanId(signal))
})
