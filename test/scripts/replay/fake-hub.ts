import { EventEmitter, on } from 'node:events'
import type { HubClient, HubRequest } from '../../../scripts/parts/hub-client.ts'
import { HubRefusal } from '../../../scripts/parts/hub-client.ts'
import type { OrderChange } from '../../../scripts/parts/order-changes.ts'

interface FakeLine {
  skuId: string
  quantity: number
  unitPriceCents: number
}
interface FakeOrder {
  orderId: string
  storeId: string
  status: string
  lines: FakeLine[]
  paidCents: number
  refundedCents: number
  returns: Map<string, { lines: { lineNumber: number; quantity: number }[]; isSettled: boolean }>
  isWindowOver: boolean
}

/** Longer than the replay takes to see that a parcel has arrived. */
const afterSalesMs = 400
const at = '2026-01-01T00:00:00.000Z'

/**
 * The hub's answers as the replay needs them, in memory. Goods arrive as soon as they are paid for; an order ends a
 * moment later, unless a return of it is open by then.
 */
export class FakeHub implements HubClient {
  readonly orders = new Map<string, FakeOrder>()
  readonly imports = new Map<string, string[]>()
  readonly keys: string[] = []
  shipped = 0
  reserved = 0
  /** SKUs that are out of stock. */
  readonly soldOut = new Set<string>()
  /** Loses the units of returns, as a broken hub might. */
  forgetsReturns = false
  /** Paid orders stay where they are. */
  deliversNothing = false
  /** Order and step of what came in, in order. */
  readonly steps: [orderId: string, step: string][] = []
  readonly #changes = new EventEmitter()

  readonly openChanges = async (signal: AbortSignal): Promise<AsyncIterable<OrderChange>> => {
    const changes = on(this.#changes, 'change', { signal })
    return (async function* () {
      for await (const [change] of changes) yield change
    })()
  }

  readonly send = async <Answer>(request: HubRequest<Answer>): Promise<Answer> => {
    if (request.idempotencyKey !== undefined) this.keys.push(request.idempotencyKey)
    const { pathname, searchParams } = new URL(request.path, 'http://hub')
    const [, , resource = '', id = '', action = '', subId = '', step = ''] = pathname.split('/')
    return request.answer.parse(this.#answer({ request, resource, id, action, subId, step, searchParams }))
  }

  #answer(call: {
    request: HubRequest<unknown>
    resource: string
    id: string
    action: string
    subId: string
    step: string
    searchParams: URLSearchParams
  }): unknown {
    const { request, resource, id, action, subId, step, searchParams } = call
    // The replay's own bodies, sent a moment ago by code under test.
    const body = (request.body ?? {}) as never
    if (action === 'import' || id === 'import') return this.#import(call.resource, String(request.body))
    if (resource === 'stock') return this.#stock(searchParams.get('warehouseId'))
    if (id === '') return request.method === 'GET' ? this.#list(searchParams) : this.#place(request, body)
    const order = this.#order(id)
    if (action === '') return this.#view(order)
    this.steps.push([id, step || action])
    if (action === 'payments') return this.#pay(order, body)
    return step === '' ? this.#requestReturn(order, body) : this.#advanceReturn(order, subId, step, request)
  }

  #order(id: string): FakeOrder {
    const order = this.orders.get(id)
    if (!order) throw new Error(`no order ${id}`)
    return order
  }

  #import(resource: string, csv: string): unknown {
    const rows = csv.trim().split('\n')
    this.imports.set(resource, [...(this.imports.get(resource) ?? []), ...rows.slice(1)])
    return {
      dryRun: false,
      rows: rows.length - 1,
      created: rows.length - 1,
      changed: 0,
      unchanged: 0,
      errors: [],
    }
  }

  #stock(warehouseId: string | null): unknown {
    const own = warehouseId === 'WH-HZ'
    const [shipped, reserved] = own ? [this.shipped, this.reserved] : [0, 0]
    const level = { warehouseId, total: 0, available: 0, shortfall: 0, safetyStock: 0, updatedAt: at }
    // The merchant's own SKUs must not count.
    const foreign = { ...level, skuId: 'SKU-0001', shipped: 999, reserved: 999 }
    return { items: [{ ...level, skuId: 'UCI-1', shipped, reserved }, foreign], nextCursor: null }
  }

  #place(request: HubRequest<unknown>, body: { storeId: string; lines: FakeLine[] }): unknown {
    if (body.lines.some(({ skuId }) => this.soldOut.has(skuId))) {
      throw new HubRefusal(request, 409, 'insufficient-stock', 'sold out')
    }
    const orderId = `00000000-0000-4000-8000-${String(this.orders.size + 1).padStart(12, '0')}`
    const order = {
      ...body,
      orderId,
      status: 'reserved',
      paidCents: 0,
      refundedCents: 0,
      returns: new Map(),
      isWindowOver: false,
    }
    this.orders.set(orderId, order)
    this.steps.push([orderId, 'orders'])
    this.reserved += unitsOf(order)
    const amountCents = amountOf(order)
    return {
      orderId,
      status: 'reserved',
      amountCents,
      reservationExpiresAt: at,
      reservations: [],
      workflowId: `order:${orderId}`,
    }
  }

  #move(order: FakeOrder, status: string): void {
    order.status = status
    const { orderId, storeId } = order
    this.#changes.emit('change', { orderId, storeId, field: 'status', newValue: status })
  }

  #pay(order: FakeOrder, body: { amountCents: number; paymentId: string }): unknown {
    order.paidCents += body.amountCents
    this.#move(order, 'paid')
    if (!this.deliversNothing) this.#deliver(order)
    return { paymentId: body.paymentId, orderId: order.orderId, outcome: 'accepted' }
  }

  #deliver(order: FakeOrder): void {
    this.reserved -= unitsOf(order)
    this.shipped += unitsOf(order)
    this.#move(order, 'delivered')
    setTimeout(() => this.#end(order), afterSalesMs)
  }

  #end(order: FakeOrder): void {
    order.isWindowOver = true
    if ([...order.returns.values()].every(({ isSettled }) => isSettled)) this.#move(order, 'completed')
  }

  #requestReturn(order: FakeOrder, body: { lines: { lineNumber: number; quantity: number }[] }): unknown {
    const returnId = `${order.orderId}-R${order.returns.size + 1}`
    if (order.status === 'completed') throw new Error('too late')
    order.returns.set(returnId, { lines: body.lines, isSettled: false })
    this.#move(order, 'returning')
    return { orderId: order.orderId, returnId, state: 'requested' }
  }

  #advanceReturn(order: FakeOrder, returnId: string, step: string, request: HubRequest<unknown>): unknown {
    if (step === 'decisions' && request.as !== 'reviewer')
      throw new HubRefusal(request, 403, 'forbidden', 'people only')
    const state = { decisions: 'approved', receipt: 'received', inspection: 'settled' }[step]
    const entry = order.returns.get(returnId)
    if (step === 'inspection' && entry) {
      entry.isSettled = true
      for (const { lineNumber, quantity } of this.forgetsReturns ? [] : entry.lines) {
        this.shipped -= quantity
        order.refundedCents += quantity * (order.lines[lineNumber - 1]?.unitPriceCents ?? 0)
      }
      if (order.isWindowOver) this.#end(order)
    }
    return { orderId: order.orderId, returnId, state }
  }

  #list(query: URLSearchParams): unknown {
    const items = [...this.orders.values()].filter(({ storeId }) => storeId === query.get('storeId'))
    return { items: items.map((order) => this.#view(order)), nextCursor: null }
  }

  #view(order: FakeOrder): unknown {
    const { orderId, storeId, status, paidCents, refundedCents } = order
    return {
      orderId,
      storeId,
      status,
      paidCents,
      refundedCents,
      amountCents: amountOf(order),
      supplementCents: 0,
      freightCents: 0,
      channel: 'mall',
      externalOrderId: null,
      version: 1,
      needsAttention: false,
      divisionCode: '330110',
      reservationExpiresAt: at,
      createdAt: at,
      updatedAt: at,
      closedAt: null,
      returns: [...order.returns].map(([returnId, { lines, isSettled }]) => ({
        returnId,
        state: isSettled ? 'settled' : 'requested',
        reason: 'test',
        lines,
        inspected: lines.map(({ lineNumber, quantity }) => ({
          lineNumber,
          restocked: isSettled && !this.forgetsReturns ? quantity : 0,
          writtenOff: 0,
        })),
        createdAt: at,
        updatedAt: at,
      })),
    }
  }
}

const unitsOf = ({ lines }: { lines: FakeLine[] }) => lines.reduce((sum, { quantity }) => sum + quantity, 0)
const amountOf = ({ lines }: { lines: FakeLine[] }) =>
  lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
