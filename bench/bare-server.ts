import { fastify } from 'fastify'

/** The least that a call over HTTP can cost; of a checkout: the body is read as JSON, and an answer of the same size goes back. */
const app = fastify()
const answer = {
  orderId: '00000000-0000-7000-8000-000000000000',
  status: 'reserved',
  amountCents: 4_500,
  reservationExpiresAt: '2026-01-01T00:00:00.000Z',
  reservations: [1, 2].map((lineNumber) => ({
    lineNumber,
    skuId: `SKU-${lineNumber}`,
    warehouseId: 'WH-HZ',
    quantity: 2,
    state: 'held',
    expiresAt: '2026-01-01T00:00:00.000Z',
  })),
  workflowId: 'order:00000000-0000-7000-8000-000000000000',
}
app.post('/v1/orders', async (_request, reply) => reply.status(201).send(answer))
// What a platform's push costs at least: its body is read as JSON, and the acknowledgement goes back.
app.post('/v1/webhooks/doudian', async () => ({ code: 0, msg: 'success' }))
// A decision: the request comes back as it stands, some two kilobytes.
const decided = { changeId: answer.orderId, status: 'approved', decisions: [], padding: 'x'.repeat(2_000) }
app.post('/v1/change-requests/:changeId/decisions', async () => decided)
app.get('/readyz', async () => ({}))
await app.listen({ host: '127.0.0.1', port: Number(process.env.BENCH_PORT) })
