import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { v7 as uuid } from 'uuid'
import { checkout } from '../store/checkout.ts'
import type { Db, Tx } from '../store/database.ts'
import type { InboxNotice } from '../store/inbox-notice.ts'
import type { KeyRing } from '../store/keyring.ts'
import { recordPayment } from '../store/payments.ts'
import { recordPickTaskEvent } from '../store/pick-tasks.ts'
import { Policies } from '../store/policy-cache.ts'
import { orderWorkflowId } from '../workflows/messages.ts'
import { orderBody } from './catalogue.ts'
import type { OutsideWorld } from './outside-world.ts'

/** Nobody pays in the instant of the order; the payment is to find a workflow that waits for it. */
const PAYS_AFTER_MS = 1_000

export type OrderLifeDeps = {
  db: Db
  client: Client
  outside: OutsideWorld
  notice: InboxNotice
  keyRing: KeyRing
}

/** Drives orders from the checkout to the end of their workflows. */
export class OrderLife {
  readonly #deps: OrderLifeDeps
  readonly #policies = new Policies()

  constructor(deps: OrderLifeDeps) {
    this.#deps = deps
  }

  /** One order, placed, paid, packed, scanned four times, delivered and completed; returns its workflow's id. */
  async live(): Promise<string> {
    const { client, outside } = this.#deps
    const orderId = uuid()
    const pushed = outside.pickTask(orderId)
    const amountCents = await this.#place(orderId)
    await delay(PAYS_AFTER_MS)
    await this.#commit((tx) =>
      recordPayment(tx, {
        orderId,
        body: { paymentId: uuid(), amountCents, method: 'wechat', paidAt: new Date().toISOString() },
        operator: 'system:payments',
        traceParent: null,
      }),
    )
    const pickTaskId = await pushed
    await this.#commit((tx) =>
      recordPickTaskEvent(tx, {
        pickTaskId,
        body: { eventId: uuid(), type: 'packed', waybillNumber: `WB-${orderId}`, courier: 'sim' },
        operator: 'system:warehouse',
        traceParent: null,
      }),
    )
    const workflowId = orderWorkflowId(orderId)
    await client.workflow.getHandle(workflowId).result()
    return workflowId
  }

  async #place(orderId: string): Promise<number> {
    const result = await this.#commit((tx) =>
      checkout(
        tx,
        { keyRing: this.#deps.keyRing, policies: this.#policies },
        { orderId, placedBy: 'system:mall', traceParent: null, body: orderBody() },
      ),
    )
    if (!result.ok) throw result.problem
    return result.order.amountCents
  }

  async #commit<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const result = await this.#deps.db.transaction().execute(work)
    this.#deps.notice.poke()
    return result
  }
}
