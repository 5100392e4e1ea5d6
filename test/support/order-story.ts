import type {
  Allocation,
  LogEntry,
  OrderEvent,
  OrderPlaced,
  OrderState,
  OrderWrite,
} from '../../domain/order.ts'
import { decide, placeOrder } from '../../domain/order-life.ts'

type Without<Event, Key extends PropertyKey> = Event extends unknown ? Omit<Event, Key> : never
/** An event whose inbox or request id, operator and time the story fills in. */
type Told = Without<OrderEvent, 'inboxId' | 'requestId' | 'operator' | 'occurredAt' | 'paidAt'> & {
  requestId?: string
  operator?: string
}

const FACTS: OrderEvent['type'][] = [
  'payment_received',
  'fulfilment_packed',
  'fulfilment_short',
  'refund_retry_requested',
  'attention_cleared',
  'check_released',
  'unknown_fact',
]
const COMMANDS: OrderEvent['type'][] = [
  'cancel_requested',
  'return_requested',
  'return_decided',
  'return_received',
  'return_inspected',
]

export const PLACED_AT_MS = Date.parse('2026-01-05T08:00:00Z')

/** Three units at ¥10.00 from one warehouse and freight of ¥5.00, unless told otherwise. */
export function placedOrder(changes: Partial<OrderPlaced> = {}): OrderPlaced {
  return {
    orderId: 'O1',
    channel: 'mall',
    storeId: 'ST-1',
    contactId: 'C1',
    divisionCode: '330110',
    lines: [{ lineNumber: 1, skuId: 'SKU-A', quantity: 3, unitPriceCents: 1_000 }],
    allocations: [units('WH-1', 3)],
    freightCents: 500,
    amountCents: 3_500,
    placedAt: new Date(PLACED_AT_MS).toISOString(),
    reservationExpiresAt: new Date(PLACED_AT_MS + 30_000).toISOString(),
    deadlines: { trackingIntervalSeconds: 5, afterSalesWindowSeconds: 100, latePaymentWindowSeconds: 60 },
    ...changes,
  }
}

/** Units of the only line of `placedOrder`. */
export function units(warehouseId: string, quantity: number): Allocation {
  return { lineNumber: 1, skuId: 'SKU-A', warehouseId, quantity }
}

/** An order that is told one thing after another, for tests of one path. */
export class OrderStory {
  state: OrderState
  nowMs = PLACED_AT_MS
  readonly log: LogEntry[] = []
  readonly writes: OrderWrite[] = []
  #told = 0

  constructor(placed: Partial<OrderPlaced> = {}) {
    this.state = placeOrder(placedOrder(placed))
  }

  /** Applies an event, and says what it answered, if anything. */
  tell(event: Told) {
    this.#told += 1
    const time = new Date(this.nowMs).toISOString()
    const told: object = {
      ...(FACTS.includes(event.type) ? { inboxId: this.#told, occurredAt: time, paidAt: time } : {}),
      ...(COMMANDS.includes(event.type) ? { requestId: `Q${this.#told}` } : {}),
      operator: 'somebody',
      ...event,
    }
    // `Told` is OrderEvent without what has just been added.
    return this.apply(told as OrderEvent)
  }

  apply(event: OrderEvent) {
    const decision = decide(this.state, event, this.nowMs)
    this.state = decision.state
    this.log.push(...decision.records.flatMap((record) => record.log))
    this.writes.push(...decision.records.flatMap((record) => record.writes))
    return decision.answers.at(-1)?.answer
  }

  pay(paymentId: string, amountCents: number, holdsConfirmed = false) {
    return this.tell({ type: 'payment_received', paymentId, amountCents, holdsConfirmed })
  }

  /** Paid in full, in time. */
  paid(): this {
    this.pay('P1', this.state.placed.amountCents, true)
    return this
  }

  short(fulfilmentId: string, quantity: number, taskClosed = false, eventId = `E${this.#told + 1}`) {
    const lines = [{ lineNumber: 1, skuId: 'SKU-A', quantity }]
    return this.tell({ type: 'fulfilment_short', eventId, fulfilmentId, lines, taskClosed })
  }

  settleShortage(...allocations: Allocation[]) {
    const shortageId = this.state.shortages.find((entry) => entry.state === 'open')?.shortageId ?? ''
    return this.tell({ type: 'shortage_settled', shortageId, allocations })
  }

  pack(fulfilmentId: string) {
    return this.tell({ type: 'fulfilment_packed', fulfilmentId, courier: 'SF', waybillNumber: fulfilmentId })
  }

  news(parcelId: string, state: 'in_transit' | 'refused' | 'delivered' | 'returned' | 'lost') {
    return this.tell({ type: 'parcel_news', parcelId, state })
  }

  /** Paid, packed and delivered in one parcel. */
  delivered(): this {
    this.paid()
    this.pack('O1-F1')
    this.news('O1-F1-P1', 'delivered')
    return this
  }

  /** A return through all its steps. */
  returnUnits(returnId: string, restocked: number, writtenOff: number) {
    const lines = [{ lineNumber: 1, quantity: restocked + writtenOff }]
    this.tell({ type: 'return_requested', returnId, reason: 'too small', lines })
    this.tell({ type: 'return_decided', returnId, decision: 'approve', note: '' })
    this.tell({ type: 'return_received', returnId })
    return this.inspect(returnId, restocked, writtenOff)
  }

  inspect(returnId: string, restocked: number, writtenOff: number) {
    return this.tell({
      type: 'return_inspected',
      returnId,
      lines: [{ lineNumber: 1, restocked, writtenOff }],
    })
  }

  /** The provider carries out every refund that is due. */
  settleRefunds(): void {
    for (const { refundId, tries } of this.state.refunds.filter((refund) => refund.state === 'due'))
      this.tell({ type: 'refund_settled', refundId, tries, outcome: 'done', detail: '' })
  }

  passTime(seconds: number): void {
    this.nowMs += seconds * 1000
    this.tell({ type: 'deadline_reached', atMs: this.nowMs })
  }

  expire() {
    this.passTime(31)
    return this.tell({ type: 'reservation_checked', answer: 'expired', remainingMs: 0 })
  }

  refunds() {
    return this.state.refunds.map(({ paymentId, amountCents, reason }) => ({
      paymentId,
      amountCents,
      reason,
    }))
  }

  workItems(): string[] {
    return this.writes.flatMap((write) => (write.kind === 'open_work_item' ? [write.workItemKind] : []))
  }
}
