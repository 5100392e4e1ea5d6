import type { HubClient, HubRequest } from '../../../scripts/replay/hub-client.ts'
import { HubRefusal } from '../../../scripts/replay/hub-client.ts'

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
  returns: Map<string, { lineNumber: number; quantity: number }[]>
}

const at = '2026-01-01T00:00:00.000Z'

/** The hub's answers as the replay needs them, in memory; goods are delivered as soon as they are packed. */
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
    if (resource === 'pick-tasks') return id === '' ? this.#tasks() : this.#pack(id)
    if (id === '') return request.method === 'GET' ? this.#list(searchParams) : this.#place(request, body)
    const order = this.#order(id)
    if (action === '') return this.#view(order)
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
    const order = { ...body, orderId, status: 'reserved', paidCents: 0, refundedCents: 0, returns: new Map() }
    this.orders.set(orderId, order)
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

  #pay(order: FakeOrder, body: { amountCents: number; paymentId: string }): unknown {
    order.paidCents += body.amountCents
    order.status = 'paid'
    return { paymentId: body.paymentId, orderId: order.orderId, outcome: 'accepted' }
  }

  #tasks(): unknown {
    const open = [...this.orders.values()].filter(({ status }) => status === 'paid')
    const items = open.map(({ orderId }) => ({
      pickTaskId: `task-${orderId}`,
      orderId,
      warehouseId: 'WH-HZ',
      state: 'created',
      lines: [],
      operator: null,
      createdAt: at,
      updatedAt: at,
    }))
    return { items, nextCursor: null }
  }

  #pack(pickTaskId: string): unknown {
    const order = this.#order(pickTaskId.replace('task-', ''))
    order.status = 'delivered'
    this.reserved -= unitsOf(order)
    this.shipped += unitsOf(order)
    return { pickTaskId, state: 'packed' }
  }

  #requestReturn(order: FakeOrder, body: { lines: { lineNumber: number; quantity: number }[] }): unknown {
    const returnId = `${order.orderId}-R${order.returns.size + 1}`
    order.returns.set(returnId, body.lines)
    return { orderId: order.orderId, returnId, state: 'requested' }
  }

  #advanceReturn(order: FakeOrder, returnId: string, step: string, request: HubRequest<unknown>): unknown {
    if (step === 'decisions' && request.as !== 'reviewer')
      throw new HubRefusal(request, 403, 'forbidden', 'people only')
    const state = { decisions: 'approved', receipt: 'received', inspection: 'settled' }[step]
    if (step === 'inspection' && !this.forgetsReturns) {
      for (const { lineNumber, quantity } of order.returns.get(returnId) ?? []) {
        this.shipped -= quantity
        order.refundedCents += quantity * (order.lines[lineNumber - 1]?.unitPriceCents ?? 0)
      }
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
    }
  }
}

const unitsOf = ({ lines }: { lines: FakeLine[] }) => lines.reduce((sum, { quantity }) => sum + quantity, 0)
const amountOf = ({ lines }: { lines: FakeLine[] }) =>
  lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
