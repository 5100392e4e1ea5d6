import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ChangeRequestStatus } from '../../domain/change-request-state.ts'
import { applyChangeEvent, decideOnChange, submitChange } from '../../store/change-requests.ts'
import { readChangeRequest } from '../../store/change-rows.ts'
import { upsertAccount } from '../../store/identity.ts'
import { changeWorkflowId } from '../../workflows/messages.ts'
import { expectErpAgrees, expectStockAndMoney } from '../support/changed-orders.ts'
import { after, answering, before, type CrashPoint } from '../support/crash-points.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { ONE_IN_HAND_EACH, startCrashingWorkers } from '../support/worker-crashes.ts'

/**
 * The worker dies by SIGKILL at every point where a change of an order, or the order that it holds, waits for something:
 * once in one change each, while the others are on their way. Each ends with one booking in the ERP, one refund, one new
 * version of its order, and the stock that the lines say.
 */
let hub: TestHub
let workers: ReturnType<typeof startCrashingWorkers>
/** Of both tests: the ERP has one set of books. */
const everybody: { orderId: string; openingCents: number; amountCents: number }[] = []

beforeAll(async () => {
  hub = await startTestHub({
    withoutWorker: true,
    patienceMs: 500_000,
    lookAgainMs: 250,
    holdTtlSeconds: 600,
  })
  const person = { password: 'correct horse battery staple', storeIds: ['MALL'], region: null }
  await upsertAccount(hub.db, { ...person, userName: 'lead', displayName: 'lead', role: 'team_lead' })
  workers = startCrashingWorkers(hub, ONE_IN_HAND_EACH)
})
afterAll(async () => {
  workers.stop()
  await hub.close()
})

const around = (activity: CrashPoint['activity']) => [before(activity), after(activity)]

type Life = { orderId: string; changeId: string; openingCents: number }

const stateOf = async (changeId: string) => {
  const request = await readChangeRequest(hub.db, changeId)
  if (!request) throw new Error('there is no such request')
  return request.state
}
type State = Awaited<ReturnType<typeof stateOf>>
const until = (changeId: string, what: string, isSo: (state: State) => boolean) =>
  hub.until(`the request to be ${what}`, async () => {
    const state = await stateOf(changeId)
    return isSo(state) ? state : null
  })
const untilStatus = (changeId: string, status: ChangeRequestStatus) =>
  until(changeId, status, (state) => state.status === status)

/** Two units become three of another article, for ¥5.00 less: units to reserve, units to give back, and money. */
const CHANGE = {
  type: 'item' as const,
  lines: [{ lineNumber: 1, skuId: 'SKU-B', quantity: 3, unitPriceCents: 500 }],
}

/**
 * A paid order for each point of a change, placed one after the other: they want the same goods. As long as there are
 * points of orders, its own workflow dies, too.
 */
async function paidOrders(ofChanges: CrashPoint[], ofOrders: CrashPoint[]): Promise<Life[]> {
  const lives: Life[] = []
  expect(ofOrders.length).toBeLessThanOrEqual(ofChanges.length)
  for (const [index, ofChange] of ofChanges.entries()) {
    const [orderId, changeId] = [uuid(), uuid()]
    workers.plan(changeId, ofChange)
    const ofOrder = ofOrders[index]
    if (ofOrder) workers.plan(orderId, ofOrder)
    const order = await hub.placeOrder([{ skuId: 'SKU-A', quantity: 2 }], orderId)
    await hub.pay(order)
    lives.push({ orderId, changeId, openingCents: order.amountCents })
  }
  return lives
}

/** Asks for the change of an order and has it approved. */
async function approve({ orderId, changeId }: Life): Promise<void> {
  await hub.untilTasks(orderId)
  const { version: orderVersion } = await hub.row(orderId)
  await hub.inTransaction((tx) =>
    submitChange(tx, {
      ...{ changeId, orderId, orderVersion, change: CHANGE, reasonCode: 'customer_request', reason: 'test' },
      applicant: { name: 'clerk', role: 'clerk' },
      eventId: uuid(),
    }),
  )
  const { orderVersion: heldVersion } = await untilStatus(changeId, 'in_approval')
  const seen = { requestVersion: 1, stepNumber: 1, orderVersion: heldVersion, note: '' }
  const result = await hub.inTransaction((tx) =>
    decideOnChange(tx, hub.keyRing, {
      ...{ changeId, decisionId: uuid(), account: 'lead', decision: 'approve', via: 'console', ...seen },
    }),
  )
  expect(result.ok).toBe(true)
}
const retry = (changeId: string) =>
  hub.inTransaction((tx) =>
    applyChangeEvent(tx, hub.keyRing, {
      ...{ changeId, eventId: uuid(), event: { type: 'retried' }, operator: 'ops' },
    }),
  )

/** Everything that is to happen has happened, and once. */
async function expectAppliedOnce(lives: Life[]): Promise<void> {
  for (const { orderId, changeId } of lives) {
    await untilStatus(changeId, 'applied')
    await hub.until('the workflow to end', async () => {
      const { status } = await hub.client.workflow.getHandle(changeWorkflowId(changeId)).describe()
      return status.name === 'COMPLETED'
    })
    const [refund, ...others] = await hub.until('the refund', async () => {
      const refunds = await hub.refunds(orderId)
      return refunds.every(({ state }) => state === 'done') && refunds.length > 0 ? refunds : null
    })
    expect([refund?.amount_cents, others]).toEqual([500, []])
    const log = await hub.db
      .selectFrom('operation_log')
      .select('field')
      .where('order_id', '=', orderId)
      .where('source', '=', 'authorised_change')
      .where('field', '=', 'change')
      .execute()
    expect(log).toHaveLength(1)
    // The warehouse has the new lines to pick, and nothing is on hold any more.
    const tasks = (await hub.tasks(orderId)).filter((task) => task.state === 'created')
    expect(tasks.flatMap((task) => task.lines)).toEqual([{ lineNumber: 1, skuId: 'SKU-B', quantity: 3 }])
    expect(tasks.filter((task) => task.change_id !== null)).toEqual([])
    await expectStockAndMoney(hub.db, orderId)
  }
  everybody.push(...lives.map((life) => ({ ...life, amountCents: 0 })))
  await expectErpAgrees(hub.db, hub.simulator.erp.ledger, everybody)
  const ours = new Set(lives.map((life) => life.orderId))
  const booked = hub.simulator.erp.ledger
    .entries()
    .filter(({ orderId, state }) => state === 'booked' && ours.has(orderId))
  expect(booked.map(({ differenceCents }) => differenceCents)).toEqual(lives.map(() => -500))
  const { refunds, conflicts } = hub.simulator.effects()
  expect(conflicts).toBe(0)
  expect(refunds.filter((refund) => refund.effects !== 1)).toEqual([])
  expect(await hub.reconcile.checkStock()).toBe(0)
}

test('a worker killed at every point of applying a change leaves one booking, one refund, one version and the stock of the lines', async () => {
  const ofChanges = [
    ...around('readChange'),
    ...around('holdOrder'),
    answering('readChange', '"status":"approved"'),
    ...around('prepareChange'),
    ...around('beginErp'),
    ...around('applyErpChange'),
    ...around('erpTold'),
    ...around('commitChange'),
    ...around('releaseOrder'),
  ]
  const ofOrders = [
    ...around('holdForChange'),
    ...around('prepareOrderChange'),
    ...around('settleOrderChange'),
    // Paid; then of the hold, the difference and the end each asked for and answered: this one makes it so.
    before('commitOrder', 7),
    after('commitOrder', 7),
    ...around('refundPayment'),
  ]
  const lives = await paidOrders(ofChanges, ofOrders)
  await Promise.all(lives.map(approve))
  await expectAppliedOnce(lives)
  expect(workers.unreached()).toEqual([])
  // Each at its own point: none dies of another's death.
  expect(workers.crashes()).toBe(ofChanges.length + ofOrders.length)
}, 590_000)

test('and one killed at every point of taking a change back leaves nothing of it, so that it can be tried again', async () => {
  const crashesBefore = workers.crashes()
  hub.simulator.erp.change({ mood: 'refuse' })
  const ofChanges = [
    ...around('refuseApply'),
    // The first of these: later ones find the order free already.
    ...around('releaseOrder'),
    ...around('reverseErpChange'),
    ...around('undoFailed'),
    answering('readChange', '"status":"undoing"'),
    ...around('undone'),
    // The second try has the order held anew.
    ...[before('prepareChange', 2), after('prepareChange', 2)],
  ]
  const ofOrders = [
    // Paid; then of the hold and of the difference each asked for and answered.
    ...[2, 3, 4, 5].flatMap((call) => [before('commitOrder', call), after('commitOrder', call)]),
    // The end asked for and answered: what was prepared is given back.
    ...[6, 7].flatMap((call) => [before('commitOrder', call), after('commitOrder', call)]),
  ]
  const lives = await paidOrders(ofChanges, ofOrders)
  await Promise.all(lives.map(approve))
  // The ERP refuses the reversal, too: a person is told, and nothing is left with the order.
  await Promise.all(lives.map(({ changeId }) => until(changeId, 'stuck', (state) => state.needsAttention)))
  for (const { orderId } of lives) await expectStockAndMoney(hub.db, orderId)
  await hub.simulator.erp.change({ mood: 'ok' })
  await Promise.all(
    lives.map(async ({ changeId }) => {
      await retry(changeId)
      await untilStatus(changeId, 'apply_failed')
      await retry(changeId)
    }),
  )
  await expectAppliedOnce(lives)
  expect(workers.unreached()).toEqual([])
  expect(workers.crashes() - crashesBefore).toBe(ofChanges.length + ofOrders.length)
}, 590_000)
