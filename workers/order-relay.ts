import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import {
  type Client,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type FactType, factBodies, ORDER_PLACED, orderPlacedBody } from '../contracts/facts.ts'
import type { OrderPlaced } from '../domain/order.ts'
import type { WorkItemDetail } from '../domain/work-item-facts.ts'
import type { Db } from '../store/database.ts'
import {
  claimOrders,
  type InboxRow,
  type OrderStandingRow,
  orderStandings,
  pendingMessages,
  postponeMessages,
  releaseLeases,
  type Settlement,
  settleMessages,
} from '../store/relay.ts'
import { openWorkItem } from '../store/work-items.ts'
import { factsSignal, type OrderFact, orderWorkflowId } from '../workflows/messages.ts'

export type RelayOptions = {
  db: Db
  client: Client
  taskQueue: string
  logger: Logger
  /** Names this process on its leases. */
  owner: string
  /** How long a message may wait for the order that it belongs to before a person is told. */
  orphanLimitMs?: number
}

/** Orders carried at once: enough to keep Temporal busy, few enough to finish within a lease. */
const ORDERS_AT_ONCE = 64
const LEASE_SECONDS = 30
/** A message that failed so often is set aside; the order's later messages go on. */
const ATTEMPTS_BEFORE_SET_ASIDE = 8
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 30_000
const CALL_DEADLINE_MS = 10_000
const ORPHAN_LIMIT_MS = 10 * 60_000

/**
 * Carries messages from the inbox to the orders' workflows: order by order, each order's messages together and in
 * sequence. At least once: a message is marked as delivered after Temporal has it, and the workflow counts each
 * inbox id once.
 */
export class OrderRelay {
  readonly #options: RelayOptions

  constructor(options: RelayOptions) {
    this.#options = options
  }

  /** One round. Returns how many orders it carried; 0 means that nothing was due. */
  async runOnce(): Promise<number> {
    const { db, owner } = this.#options
    const orderKeys = await claimOrders(db, owner, ORDERS_AT_ONCE, LEASE_SECONDS)
    if (orderKeys.length === 0) return 0
    try {
      const [messages, standings] = await Promise.all([
        pendingMessages(db, orderKeys),
        orderStandings(db, orderKeys),
      ])
      const settled = await Promise.all(
        orderKeys.map((orderKey) =>
          this.#carryOrder(
            messages.filter((message) => message.orderKey === orderKey),
            standings.get(orderKey),
          ),
        ),
      )
      await settleMessages(db, settled.flat())
    } finally {
      await releaseLeases(db, owner, orderKeys)
    }
    return orderKeys.length
  }

  async #carryOrder(messages: InboxRow[], standing: OrderStandingRow | undefined): Promise<Settlement[]> {
    const [first] = messages
    if (!first) return []
    if (!standing) return this.#waitForOrder(messages)
    if (standing.closed) return this.#closeAsLate(messages, standing)
    const readable = await this.#setAsideUnreadable(messages)
    return context.with(parentOf(first), () => this.#deliver(readable, standing))
  }

  async #deliver(messages: InboxRow[], standing: OrderStandingRow): Promise<Settlement[]> {
    try {
      await this.#send(messages, standing)
      return messages.map(({ id }) => ({ id, state: 'delivered' }))
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return this.#workflowMissing(messages, standing)
      const outage = isOutage(error)
      // One of them is to blame: alone each of them shows whether it is the one, and the others go on.
      if (!outage && messages.length > 1) return this.#deliverSingly(messages, standing)
      const reason = error instanceof Error ? error.message : String(error)
      this.#options.logger.warn(
        { orderId: standing.id, reason },
        'messages could not be delivered, will retry',
      )
      return this.#postpone(messages, reason, outage)
    }
  }

  async #deliverSingly(messages: InboxRow[], standing: OrderStandingRow): Promise<Settlement[]> {
    const settled: Settlement[] = []
    for (const message of messages) settled.push(...(await this.#deliver([message], standing)))
    return settled
  }

  async #send(messages: InboxRow[], standing: OrderStandingRow): Promise<void> {
    const creation = messages.find((message) => message.startsOrder)
    if (creation) await this.#start(orderPlacedBody.parse(creation.body))
    const facts = messages.filter((message) => !message.startsOrder).map(factOf)
    if (facts.length === 0) return
    const handle = this.#options.client.workflow.getHandle(orderWorkflowId(standing.id))
    await this.#withDeadline(() => handle.signal(factsSignal, facts))
  }

  async #start(placed: OrderPlaced): Promise<void> {
    const { client, taskQueue } = this.#options
    try {
      await this.#withDeadline(() =>
        client.workflow.start('order', {
          taskQueue,
          workflowId: orderWorkflowId(placed.orderId),
          // One order, one workflow, ever: a running one is kept, an ended one is not begun again.
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          args: [{ placed }],
          staticSummary: `${placed.channel} order, ${placed.lines.length} ${placed.lines.length === 1 ? 'line' : 'lines'}, ¥${(placed.amountCents / 100).toFixed(2)}`,
          typedSearchAttributes: startAttributes(placed),
        }),
      )
    } catch (error) {
      // It ran and ended: the creation message is an old one. Its order's row says whether anything is left to do.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }

  #withDeadline<Result>(call: () => Promise<Result>): Promise<Result> {
    return this.#options.client.withDeadline(Date.now() + CALL_DEADLINE_MS, call)
  }

  /** A body that does not fit its type will never fit: aside with it, and on with the rest. */
  async #setAsideUnreadable(messages: InboxRow[]): Promise<InboxRow[]> {
    const readable: InboxRow[] = []
    for (const message of messages) {
      const problem = unreadable(message)
      if (problem === null) readable.push(message)
      else await this.#setAside([message], problem, 'message_set_aside')
    }
    return readable
  }

  async #waitForOrder(messages: InboxRow[]): Promise<Settlement[]> {
    const { db, orphanLimitMs = ORPHAN_LIMIT_MS } = this.#options
    const isOver = (message: InboxRow) => Date.now() - message.receivedAt.getTime() > orphanLimitMs
    await this.#setAside(messages.filter(isOver), 'no such order', 'order_not_found')
    const waiting = messages.filter((message) => !isOver(message)).map((message) => message.id)
    const delayMs = Math.min(LAST_RETRY_MS, Math.max(FIRST_RETRY_MS, orphanLimitMs / 20))
    await postponeMessages(db, waiting, {
      delayMs,
      error: 'no such order yet',
      waiting: true,
      countsAsFailure: false,
    })
    return []
  }

  /** Nothing revives a closed order. What matters of a late message becomes a person's work. */
  async #closeAsLate(messages: InboxRow[], standing: OrderStandingRow): Promise<Settlement[]> {
    for (const message of messages) {
      if (message.startsOrder || OF_NO_CONSEQUENCE.has(message.type)) continue
      const isPayment = message.type === 'payment.received'
      await openWorkItem(this.#options.db, {
        kind: isPayment ? 'late_payment' : 'late_message',
        key: String(message.id),
        orderId: standing.id,
        detail: {
          inboxId: message.id,
          messageType: message.type,
          status: standing.status,
          ...paymentDetail(message),
        },
      })
    }
    return messages.map(({ id }) => ({ id, state: 'late' }))
  }

  /** The order is open but its workflow is gone. Reconcile starts it again; the messages wait. */
  async #workflowMissing(messages: InboxRow[], standing: OrderStandingRow): Promise<Settlement[]> {
    const now = await orderStandings(this.#options.db, [standing.id])
    if (now.get(standing.id)?.closed) return this.#closeAsLate(messages, standing)
    const ids = messages.map((message) => message.id)
    await postponeMessages(this.#options.db, ids, {
      delayMs: 1_000,
      error: 'the workflow is not running',
      waiting: false,
      countsAsFailure: false,
    })
    return []
  }

  async #postpone(messages: InboxRow[], reason: string, outage: boolean): Promise<Settlement[]> {
    const worn = messages.filter((message) => message.attempts + 1 >= ATTEMPTS_BEFORE_SET_ASIDE && !outage)
    await this.#setAside(worn, reason, 'message_set_aside')
    const rest = messages.filter((message) => !worn.includes(message))
    const attempts = Math.max(0, ...rest.map((message) => message.attempts))
    const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts)
    const ids = rest.map((message) => message.id)
    await postponeMessages(this.#options.db, ids, {
      delayMs,
      error: reason,
      waiting: false,
      countsAsFailure: !outage,
    })
    return []
  }

  async #setAside(
    messages: InboxRow[],
    reason: string,
    kind: 'message_set_aside' | 'order_not_found',
  ): Promise<void> {
    if (messages.length === 0) return
    const { db } = this.#options
    for (const message of messages) {
      // A payment without an order was raised when it came in.
      if (kind === 'order_not_found' && message.type === 'payment.received') continue
      await openWorkItem(db, {
        kind,
        key: String(message.id),
        orderId: null,
        detail: { inboxId: message.id, messageType: message.type, orderKey: message.orderKey, reason },
      })
    }
    await settleMessages(
      db,
      messages.map(({ id }) => ({ id, state: 'set_aside' })),
    )
  }
}

const orderStatus = defineSearchAttributeKey('OrderStatus', 'KEYWORD')
const channelKey = defineSearchAttributeKey('Channel', 'KEYWORD')
const storeKey = defineSearchAttributeKey('StoreId', 'KEYWORD')
const warehouseKey = defineSearchAttributeKey('Warehouse', 'KEYWORD_LIST')
const attentionKey = defineSearchAttributeKey('NeedsAttention', 'BOOL')

/** What a closed order need not hear: nothing follows from it any more. */
const OF_NO_CONSEQUENCE: ReadonlySet<string> = new Set([
  'attention.cleared',
  'check.released',
  'parcel.silent',
])

/** What ops can search for from the first moment. No personal data: search attributes are stored in clear. */
export function startAttributes(placed: OrderPlaced) {
  return [
    { key: orderStatus, value: placed.awaitsStock ? 'awaiting_stock' : 'reserved' },
    { key: channelKey, value: placed.channel },
    { key: storeKey, value: placed.storeId },
    { key: warehouseKey, value: [...new Set(placed.allocations.map((entry) => entry.warehouseId))] },
    { key: attentionKey, value: false },
  ]
}

function isFactType(type: string): type is FactType {
  return Object.hasOwn(factBodies, type)
}

function unreadable(message: InboxRow): string | null {
  const schema =
    message.type === ORDER_PLACED
      ? orderPlacedBody
      : isFactType(message.type)
        ? factBodies[message.type]
        : null
  // A type that nobody knows goes to the order, which raises it; only a broken body stops here.
  const result = schema?.safeParse(message.body)
  return result?.success === false ? z.prettifyError(result.error) : null
}

/** The workflow's event for a message. */
function factOf(message: InboxRow): OrderFact {
  const inboxId = message.id
  switch (message.type) {
    case 'payment.received':
      return { type: 'payment_received', inboxId, ...factBodies['payment.received'].parse(message.body) }
    case 'fulfilment.packed':
      return { type: 'fulfilment_packed', inboxId, ...factBodies['fulfilment.packed'].parse(message.body) }
    case 'fulfilment.short':
      return { type: 'fulfilment_short', inboxId, ...factBodies['fulfilment.short'].parse(message.body) }
    case 'presale.arrived':
      return { type: 'presale_arrived', inboxId, ...factBodies['presale.arrived'].parse(message.body) }
    case 'presale.given_up':
      return { type: 'presale_given_up', inboxId, ...factBodies['presale.given_up'].parse(message.body) }
    case 'stock.granted':
      return { type: 'stock_granted', inboxId, ...factBodies['stock.granted'].parse(message.body) }
    case 'channel.closed':
      return { type: 'channel_closed', inboxId, ...factBodies['channel.closed'].parse(message.body) }
    case 'refund.retry_requested':
      return {
        type: 'refund_retry_requested',
        inboxId,
        ...factBodies['refund.retry_requested'].parse(message.body),
      }
    case 'attention.cleared':
      return { type: 'attention_cleared', inboxId, ...factBodies['attention.cleared'].parse(message.body) }
    case 'check.released':
      return { type: 'check_released', inboxId, ...factBodies['check.released'].parse(message.body) }
    case 'parcel.news':
      return { type: 'parcel_news', inboxId, ...factBodies['parcel.news'].parse(message.body) }
    case 'parcel.silent':
      return { type: 'parcel_silent', inboxId, ...factBodies['parcel.silent'].parse(message.body) }
    default:
      return { type: 'unknown_fact', inboxId, factType: message.type }
  }
}

function paymentDetail(message: InboxRow): WorkItemDetail {
  const payment = factBodies['payment.received'].safeParse(message.body)
  return message.type === 'payment.received' && payment.success
    ? { paymentId: payment.data.paymentId, amountCents: payment.data.amountCents }
    : {}
}

/** gRPC's cancelled, deadline exceeded, resource exhausted, aborted, unavailable: Temporal is away or busy. */
const OUTAGE_CODES: ReadonlySet<number> = new Set([1, 4, 8, 10, 14])

/** An outage is no fault of the messages: they wait it out, however long it takes. */
function isOutage(error: unknown): boolean {
  if (isGrpcServiceError(error)) return OUTAGE_CODES.has(error.code)
  return error instanceof Error && error.cause !== undefined && isOutage(error.cause)
}

function parentOf(message: InboxRow) {
  return message.traceParent === null
    ? trace.deleteSpan(ROOT_CONTEXT)
    : propagation.extract(ROOT_CONTEXT, { traceparent: message.traceParent })
}
