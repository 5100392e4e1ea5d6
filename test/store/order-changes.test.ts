import fc from 'fast-check'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { Change } from '../../domain/change.ts'
import type { OrderEvent, OrderState } from '../../domain/order.ts'
import { decide } from '../../domain/order-life.ts'
import { paidCents, refundedCents, supplementCents } from '../../domain/order-money.ts'
import { dueSteps } from '../../domain/order-steps.ts'
import { applyChangeEvent, submitChange } from '../../store/change-requests.ts'
import { isOvertaken, lockChangeRequest } from '../../store/change-rows.ts'
import { commitOrder } from '../../store/commit.ts'
import type { Db } from '../../store/database.ts'
import { holdForChange, prepareOrderChange, settleOrderChange } from '../../store/order-changes.ts'
import { askReservation, decideCancellation } from '../../store/order-steps.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { raiseUnpaidSupplements } from '../../store/supplements.ts'
import { expectSound, openTestStore, type TestStore, until } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

type Without<Event> = Event extends { requestId: string } ? Omit<Event, 'requestId' | 'operator'> : Event

/**
 * One order's workflow without Temporal: it decides, commits, asks the database, each of it twice, as after a crash at
 * that moment. What is done once must be done once.
 */
class Life {
  readonly orderId: string
  state: OrderState
  #paid = 0

  constructor(orderId: string, state: OrderState) {
    this.orderId = orderId
    this.state = state
  }

  static async begin(lines: { skuId: string; quantity: number }[]): Promise<Life> {
    const { orderId } = await store.order(lines)
    return new Life(orderId, await store.firstState(orderId))
  }

  /** Tells the order something, and lets it finish what follows. Returns the answer. */
  async tell(event: Without<OrderEvent>) {
    const requestId = uuid()
    // Whatever has no request id of its own ignores this one.
    const told = { requestId, operator: 'test', ...event } as OrderEvent
    let answer = await this.#apply(told)
    for (;;) {
      const [step] = dueSteps(this.state).filter((due) => due.kind !== 'track_parcel')
      if (!step) return answer
      answer = (await this.#apply(await this.#ask(step))) ?? answer
    }
  }

  async pay(amountCents: number): Promise<void> {
    this.#paid += 1
    const paymentId = `${this.orderId}/${this.#paid}`
    const paidAt = new Date().toISOString()
    const body = { paymentId, amountCents }
    const placed = { orderId: this.orderId, amountCents: this.state.placed.amountCents }
    const { outcome } = await store.pay(placed, body)
    await this.tell({
      type: 'payment_received',
      inboxId: this.#paid,
      ...body,
      paidAt,
      holdsConfirmed: outcome === 'accepted' && this.state.status === 'reserved',
    })
  }

  async #apply(event: OrderEvent) {
    const decision = decide(this.state, event, Date.now())
    const commit = {
      runId: 'run',
      state: decision.state,
      records: decision.records,
    }
    if (decision.records.length > 0) {
      await commitOrder(store.db, commit)
      const { version } = await commitOrder(store.db, commit)
      this.state = { ...decision.state, version }
    } else this.state = decision.state
    return decision.answers.at(-1)?.answer
  }

  async #ask(step: ReturnType<typeof dueSteps>[number]): Promise<OrderEvent> {
    const { orderId } = this
    const { placed } = this.state
    const twice = async <Answer>(work: (db: Db) => Promise<Answer>): Promise<Answer> => {
      await work(store.db)
      return work(store.db)
    }
    switch (step.kind) {
      case 'hold_for_change': {
        const { changeId, change, tasks, number, key } = step
        const request = { orderId, changeId, change, tasks, operationId: key }
        return { type: 'change_hold_decided', number, ...(await twice((db) => holdForChange(db, request))) }
      }
      case 'prepare_change': {
        const { number, tries, wanted, key } = step
        const answer = await twice((db) => prepareOrderChange(db, { placed, wanted, operationId: key }))
        return { type: 'change_prepared', number, tries, ...answer }
      }
      case 'settle_change': {
        const { number, terms, key } = step
        const answer = await twice((db) => settleOrderChange(db, { terms, operationId: key }))
        return { type: 'change_settled', number, ...answer }
      }
      case 'check_reservation': {
        const request = { orderId, paidInFull: step.paidInFull, operationId: step.key }
        return { type: 'reservation_checked', ...(await twice((db) => askReservation(db, request))) }
      }
      case 'decide_cancellation': {
        const request = {
          orderId,
          mayCancelPaid: step.mayCancelPaid,
          asRequest: step.asRequest,
          operationId: step.key,
          operator: 'mall:test',
          reason: 'the buyer changed their mind',
        }
        return { type: 'cancellation_decided', ...(await twice((db) => decideCancellation(db, request))) }
      }
      case 'check_order': {
        const clear = { outcome: 'clear' as const, policyVersion: 0, findings: [], handler: null }
        return { type: 'order_checked', number: step.number, ...clear }
      }
      case 'refund': {
        const { refundId, tries } = step.refund
        return { type: 'refund_settled', refundId, tries, outcome: 'done', detail: '' }
      }
      default:
        throw new Error(`nobody answers ${step.kind}`)
    }
  }

  acquire(change: Change, changeId = 'CH-1') {
    return this.tell({
      type: 'change_hold_requested',
      changeId,
      requestVersion: 1,
      orderVersion: this.state.version,
      change,
      until: new Date(Date.now() + 600_000).toISOString(),
    })
  }

  prepare(changeId = 'CH-1') {
    const until = new Date(Date.now() + 600_000).toISOString()
    return this.tell({ type: 'change_prepare_requested', changeId, until })
  }

  commit(changeId = 'CH-1') {
    return this.tell({
      type: 'change_commit_requested',
      changeId,
      changeNumber: `CR-${changeId}`,
      approvers: [],
    })
  }

  release(changeId = 'CH-1') {
    return this.tell({ type: 'change_release_requested', changeId })
  }

  async held(): Promise<[number, string, number][]> {
    const { rows } = await sql<{ line: number; sku: string; units: number }>`
      select line_number as line, sku_id as sku, sum(quantity)::int as units from reservation
      where order_id = ${this.orderId} and state in ('held', 'confirmed') group by 1, 2 order by 1, 2`.execute(
      store.db,
    )
    return rows.map(({ line, sku, units }) => [line, sku, units])
  }

  /** Stock is the lines, money is what is due, the rows are the state. */
  async expectTrue(): Promise<void> {
    const { state } = this
    const row = await store.row(this.orderId)
    const lines = await store.db
      .selectFrom('order_line')
      .selectAll()
      .where('order_id', '=', this.orderId)
      .orderBy('line_number')
      .execute()
    expect(
      lines.map((line) => [line.line_number, line.sku_id, line.quantity, line.unit_price_cents]),
    ).toEqual(
      state.placed.lines.map((line) => [line.lineNumber, line.skuId, line.quantity, line.unitPriceCents]),
    )
    expect(row).toMatchObject({
      amount_cents: state.placed.amountCents,
      supplement_cents: supplementCents(state),
    })
    if (state.changeHold) return
    const isOver = state.status === 'cancelled' || state.status === 'expired'
    expect(await this.held()).toEqual(
      isOver
        ? []
        : state.placed.lines
            .filter((line) => line.quantity > 0)
            .map((line) => [line.lineNumber, line.skuId, line.quantity]),
    )
    if (state.status === 'paid' || state.status === 'cancelled') {
      const due = state.status === 'cancelled' ? 0 : row.amount_cents - supplementCents(state)
      expect(paidCents(state) - refundedCents(state)).toBe(due)
    }
    await expectSound(store.db)
  }
}

const quantity = (units: number, lineNumber = 1): Change => ({
  type: 'quantity',
  lines: [{ lineNumber, quantity: units }],
})

describe('a buyer takes a paid order back', () => {
  const paid = async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const life = await Life.begin([{ skuId, quantity: 2 }])
    await life.pay(life.state.placed.amountCents)
    return life
  }
  const takeBack = (life: Life) =>
    life.tell({ type: 'cancel_requested', reason: 'changed', mayCancelPaid: true })
  const requestsOf = (life: Life) =>
    store.db
      .selectFrom('change_request')
      .select(['id', 'type', 'status', 'applicant'])
      .where('order_id', '=', life.orderId)
      .orderBy('created_at')
      .execute()
  const publish = (tiers: PolicyDocument<'approval-route'>['tiers']) =>
    publishPolicy(store.db, {
      kind: 'approval-route',
      document: { ...POLICIES['approval-route'].initial, tiers },
      author: 'test',
      reason: 'test',
    })

  test('it is one request, approved by the policy in the transaction that takes the goods back', async () => {
    const life = await paid()
    expect(await takeBack(life)).toEqual({ accepted: true })
    const requests = await requestsOf(life)
    expect(requests).toMatchObject([{ type: 'cancel', status: 'approved', applicant: 'mall:test' }])
    const [{ id: changeId = '' } = {}] = requests
    expect(life.state).toMatchObject({ status: 'cancelled', changes: [{ changeId, amountAfterCents: 0 }] })
    expect(life.state.refunds).toMatchObject([{ changeId, reason: 'cancelled' }])
    // Its workflow finds that the order is so already, and that nobody has to prepare or commit anything.
    expect(await life.prepare(changeId)).toEqual({ problem: null })
    expect(await life.commit(changeId)).toEqual({ problem: null })
    await life.expectTrue()
  })

  test('where the policy wants somebody to decide on it, it is refused and nothing has changed', async () => {
    const { tiers } = POLICIES['approval-route'].initial
    await publish(tiers.filter((tier) => !tier.automatic))
    const life = await paid()
    expect(await takeBack(life)).toMatchObject({ accepted: false, code: 'paid-cancellation-forbidden' })
    expect(await requestsOf(life)).toEqual([])
    expect(life.state).toMatchObject({ status: 'paid', changes: [] })
    await life.expectTrue()
    await publish(tiers)
  })

  test('in the very moment in which a change of it that failed has been taken back: nobody is asked to try that again', async () => {
    const life = await paid()
    const changeId = uuid()
    await store.inTransaction((tx) =>
      submitChange(tx, {
        ...{ changeId, orderId: life.orderId, orderVersion: life.state.version, eventId: uuid() },
        ...{
          change: { type: 'price', lines: [], freightCents: 100 },
          reasonCode: 'goodwill',
          reason: 'test',
        },
        applicant: { name: 'wang', role: 'clerk' },
      }),
    )
    await store.db
      .updateTable('change_request')
      .set({ status: 'undoing' })
      .where('id', '=', changeId)
      .execute()
    const takingBack = await store.begin()
    await lockChangeRequest(takingBack, changeId)
    const undone = { type: 'undone' as const, isOvertaken: await isOvertaken(takingBack, changeId) }
    await applyChangeEvent(takingBack, store.keyRing, {
      ...{ changeId, eventId: uuid(), event: undone, operator: 'system' },
    })
    const cancelled = takeBack(life)
    await until('the cancellation to wait for what becomes of the change', async () => {
      const { rows } = await sql<{ waits: boolean }>`
        select exists (select from pg_stat_activity
          where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0) as waits`.execute(
        store.db,
      )
      return rows[0]?.waits
    })
    await takingBack.commit().execute()
    expect(await cancelled).toEqual({ accepted: true })
    expect(await requestsOf(life)).toMatchObject([
      { id: changeId, status: 'abandoned' },
      { type: 'cancel', status: 'approved' },
    ])
    await life.expectTrue()
  })

  test('an unpaid order needs no request', async () => {
    const life = await Life.begin([{ skuId: await store.addSku({ 'WH-HZ': 5 }), quantity: 2 }])
    expect(await takeBack(life)).toEqual({ accepted: true })
    expect(await requestsOf(life)).toEqual([])
    await life.expectTrue()
  })
})

describe('a supplement', () => {
  const dearer = async () => {
    const life = await Life.begin([{ skuId: await store.addSku({ 'WH-HZ': 5 }), quantity: 2 }])
    await life.pay(life.state.placed.amountCents)
    const { unitPriceCents = 0 } = life.state.placed.lines[0] ?? {}
    await life.acquire({ type: 'price', lines: [{ lineNumber: 1, unitPriceCents: unitPriceCents + 500 }] })
    await life.prepare()
    await life.commit()
    expect(supplementCents(life.state)).toBe(1_000)
    return life
  }
  const owedFor = (life: Life, hours: number) =>
    sql`update orders set supplement_since = supplement_since - make_interval(hours => ${hours})
      where id = ${life.orderId}`.execute(store.db)
  const itemsOf = (life: Life) =>
    store.db
      .selectFrom('work_item')
      .select(['state', 'occurrences', 'resolution'])
      .where('kind', '=', 'supplement_unpaid')
      .where('key', '=', life.orderId)
      .execute()

  test('that nobody has paid within a day is raised, once; whoever pays it closes it', async () => {
    const life = await dearer()
    await owedFor(life, 23)
    await raiseUnpaidSupplements(store.db)
    expect(await itemsOf(life)).toEqual([])
    await owedFor(life, 1)
    await raiseUnpaidSupplements(store.db)
    await raiseUnpaidSupplements(store.db)
    expect(await itemsOf(life)).toMatchObject([{ state: 'open', occurrences: 1 }])
    await life.pay(1_000)
    await raiseUnpaidSupplements(store.db)
    expect(await itemsOf(life)).toMatchObject([{ state: 'resolved', resolution: 'nothing is owed any more' }])
    await life.expectTrue()
  })

  test('is not owed any more once another change makes the order as cheap as before', async () => {
    const life = await dearer()
    await owedFor(life, 25)
    await raiseUnpaidSupplements(store.db)
    expect(await itemsOf(life)).toMatchObject([{ state: 'open' }])
    const { unitPriceCents = 0 } = life.state.placed.lines[0] ?? {}
    await life.acquire(
      { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: unitPriceCents - 500 }] },
      'CH-2',
    )
    await life.prepare('CH-2')
    await life.commit('CH-2')
    await raiseUnpaidSupplements(store.db)
    expect(await itemsOf(life)).toMatchObject([{ state: 'resolved' }])
    await life.expectTrue()
  })
})

describe('office and warehouse', () => {
  const request = (life: Life, tasks: { fulfilmentId: string; lines: [] }[] = []) => ({
    orderId: life.orderId,
    changeId: 'CH-1',
    change: quantity(1),
    tasks: tasks.length > 0 ? tasks : life.state.fulfilments,
    operationId: uuid(),
  })
  const paid = async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const life = await Life.begin([{ skuId, quantity: 2 }])
    await life.pay(life.state.placed.amountCents)
    return { life, taskId: `${life.orderId}-F1` }
  }
  const packed = { type: 'packed', courier: 'sim', waybillNumber: '' } as const

  test('a packing report that has the task makes the hold wait, and then refuses it', async () => {
    const { life, taskId } = await paid()
    const packing = await store.begin()
    await store.reportIn(packing, taskId, { ...packed, waybillNumber: uuid() })
    const office = store.newRival()
    const { result } = await office.start((db) => holdForChange(db, request(life)))
    await office.untilBlocked()
    await packing.commit().execute()
    expect(await result).toMatchObject({ problem: { reason: 'already-packed' } })
  })

  test('a packing report that waited for the hold is refused, and is heard once picking goes on', async () => {
    const { life, taskId } = await paid()
    const holding = await store.begin()
    await sql`select 1 from pick_task where id = ${taskId} for update`.execute(holding)
    const warehouse = store.newRival()
    const report = { ...packed, waybillNumber: uuid() }
    const { result } = await warehouse.start((db) =>
      db.transaction().execute((tx) => store.reportIn(tx, taskId, report)),
    )
    await warehouse.untilBlocked()
    await sql`update pick_task set change_id = 'CH-1' where id = ${taskId}`.execute(holding)
    await holding.commit().execute()
    await expect(result).rejects.toMatchObject({ code: 'pick-task-on-hold' })
    await store.commit(life.orderId, [{ kind: 'resume_picking' }], { status: 'paid' })
    expect(await store.report(taskId, report)).toMatchObject({ state: 'packed' })
  })

  test('a short pick that the order has not heard of refuses the hold', async () => {
    const { life, taskId } = await paid()
    await store.report(taskId, {
      type: 'short',
      lines: [{ lineNumber: 1, quantityMissing: 1 }],
    })
    expect(await holdForChange(store.db, request(life))).toMatchObject({
      problem: { reason: 'order-changed' },
    })
    expect(await store.tasks(life.orderId)).toMatchObject([{ change_id: null }])
  })
})

test('time that ends before the difference is reserved refuses it: nothing is reserved for an order that lapses', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5 })
  const life = await Life.begin([{ skuId, quantity: 2 }])
  await life.acquire(quantity(3))
  await store.endTimeOf(life.orderId)
  expect(await life.prepare()).toMatchObject({ problem: { reason: 'order-closed' } })
  await life.tell({ type: 'deadline_reached', atMs: life.state.reservationExpiresAtMs })
  expect(life.state).toMatchObject({ status: 'expired', changeHold: null })
  expect(await life.prepare()).toMatchObject({ problem: { reason: 'order-closed' } })
  expect(await life.held()).toEqual([])
})

test('what was reserved for a change goes back from where it came, and the order’s own units stay', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5, 'WH-GZ': 5 })
  const life = await Life.begin([{ skuId, quantity: 5 }])
  await life.acquire(quantity(8))
  expect(await life.prepare()).toEqual({ problem: null })
  expect(await life.held()).toEqual([[1, skuId, 8]])
  await life.release()
  await life.expectTrue()
  expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 5 })
})

test('a contact that nobody has sealed refuses a change of address', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5 })
  const life = await Life.begin([{ skuId, quantity: 2 }])
  const change: Change = { type: 'address', contactId: uuid(), divisionCode: '110101' }
  expect(await life.acquire(change)).toMatchObject({ problem: { reason: 'unknown-contact' } })
})

test('whoever asks first whether a change was applied or has ended decides it for ever', async () => {
  const terms = { changeNumber: 'CR-1', approvers: ['li'], operator: 'test', requestId: 'Q' }
  const [one, other] = [uuid(), uuid()]
  expect(await settleOrderChange(store.db, { terms: null, operationId: one })).toEqual({
    outcome: 'ended',
    terms: null,
  })
  expect(await settleOrderChange(store.db, { terms, operationId: one })).toEqual({
    outcome: 'ended',
    terms: null,
  })
  expect(await settleOrderChange(store.db, { terms, operationId: other })).toEqual({
    outcome: 'applied',
    terms,
  })
  expect(await settleOrderChange(store.db, { terms: null, operationId: other })).toEqual({
    outcome: 'applied',
    terms,
  })
})

test('any sequence of changes, payments and compensations, each step done twice: stock is the lines, money is what is due', async () => {
  const skus = [await store.addSku({ 'WH-HZ': 9, 'WH-GZ': 6 }), await store.addSku({ 'WH-HZ': 7 })]
  const lineNumber = fc.integer({ min: 1, max: 3 })
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc
      .record({ lineNumber, units: fc.integer({ min: 0, max: 8 }) })
      .map(({ lineNumber: line, units }) => quantity(units, line)),
    fc.record({ lineNumber, cents: fc.integer({ min: 0, max: 2_000 }) }).map(
      ({ lineNumber: line, cents }): Change => ({
        type: 'price',
        lines: [{ lineNumber: line, unitPriceCents: cents }],
      }),
    ),
    fc.record({ lineNumber, sku: fc.nat(1), units: fc.integer({ min: 1, max: 4 }) }).map(
      ({ lineNumber: line, sku, units }): Change => ({
        type: 'item',
        lines: [{ lineNumber: line, skuId: skus[sku] ?? '', quantity: units, unitPriceCents: 700 }],
      }),
    ),
    fc.nat(1).map((sku): Change => ({ type: 'gift', lines: [{ skuId: skus[sku] ?? '', quantity: 1 }] })),
  )
  const ends = fc.constantFrom('commit', 'commit', 'release', 'cancel' as const)
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), change, ends }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pay' as const) }) },
  )
  let applied = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 7 }), async (steps) => {
      const life = await Life.begin([
        { skuId: skus[0] ?? '', quantity: 2 },
        { skuId: skus[1] ?? '', quantity: 1 },
      ])
      for (const [index, next] of steps.entries()) {
        if (life.state.status === 'cancelled') break
        if (next.kind === 'pay') {
          const owed = life.state.placed.amountCents - paidCents(life.state) + refundedCents(life.state)
          if (owed > 0) await life.pay(owed)
        } else {
          const changeId = `CH-${index}`
          await life.acquire(next.change, changeId)
          await life.prepare(changeId)
          await life.expectTrue()
          if (next.ends === 'commit') await life.commit(changeId)
          if (next.ends === 'cancel' && index === steps.length - 1) {
            await life.tell({ type: 'cancel_requested', reason: 'buyer', mayCancelPaid: true })
          }
          await life.release(changeId)
          applied += life.state.changes.some((entry) => entry.changeId === changeId) ? 1 : 0
        }
        await life.expectTrue()
      }
      if (life.state.status !== 'cancelled') {
        await life.tell({ type: 'cancel_requested', reason: 'end', mayCancelPaid: true })
      }
      await life.expectTrue()
    }),
    { numRuns: 12 },
  )
  expect(applied).toBeGreaterThan(5)
}, 240_000)
