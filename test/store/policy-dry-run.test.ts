import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DryRunReport, dryRunBody } from '../../contracts/policies/dry-run.ts'
import { POLICIES, type PolicyDocument, type PolicyKind } from '../../contracts/policies/index.ts'
import { lotOf } from '../../domain/inspection.ts'
import { submitChange } from '../../store/change-requests.ts'
import { createDatabase } from '../../store/database.ts'
import { dryRunPolicy } from '../../store/policy-dry-run.ts'
import { createDraft, editDraft, publishDraft, publishPolicy } from '../../store/policy-versions.ts'
import { openTestStore } from './support.ts'

let store: Awaited<ReturnType<typeof openTestStore>>
/** The application itself may not move an order in time. */
let owner: ReturnType<typeof createDatabase>
let skuId: string
/** Orders placed ten, twenty … minutes before noon, of one, two … units. */
const orderIds: string[] = []
const NOON = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000)
const minutesBefore = (minutes: number) => new Date(NOON.getTime() - minutes * 60_000)
const origin = { author: 'test', reason: 'test' }

beforeAll(async () => {
  store = await openTestStore()
  owner = createDatabase(store.ownerUrl, 1)
  skuId = await store.addSku({ 'WH-HZ': 100, 'WH-GZ': 100 })
  for (let units = 1; units <= 6; units += 1) {
    const { orderId } = await store.order([{ skuId, quantity: units }])
    orderIds.push(orderId)
    await owner
      .updateTable('orders')
      .set({ created_at: minutesBefore(units * 10) })
      .where('id', '=', orderId)
      .execute()
  }
  await publishPolicy(store.db, {
    kind: 'reservation',
    document: { holdTtlSeconds: 900, rules: [] },
    ...origin,
  })
})
afterAll(async () => {
  await owner.destroy()
  await store.close()
})

const draftOf = <Kind extends PolicyKind>(kind: Kind, document: PolicyDocument<Kind>) =>
  store.inTransaction((tx) => createDraft(tx, { kind, document, ...origin }))

function dryRun(
  kind: PolicyKind,
  version: number,
  options: {
    limit?: number
    cursor?: string
    days?: number
    pageMs?: number
    signal?: AbortSignal
    now?: Date
  } = {},
): Promise<DryRunReport> {
  const { pageMs, signal = new AbortController().signal, now = NOON, ...body } = options
  const request = { ...dryRunBody.parse(body), kind, version, now, signal }
  return dryRunPolicy(store.db, pageMs === undefined ? request : { ...request, pageMs })
}

/** Orders of more than four units may be paid for an hour. */
const longer = {
  holdTtlSeconds: 900,
  rules: [{ condition: { '>': [{ var: 'units' }, 4] }, outcome: { holdTtlSeconds: 3_600 } }],
}

async function payAt(orderId: string, at: Date): Promise<void> {
  const order = await store.row(orderId)
  await store.db
    .insertInto('payment')
    .values({
      id: `P-${orderId}`,
      order_id: orderId,
      named_order_id: orderId,
      amount_cents: order.amount_cents,
      method: 'wechat',
      paid_at: at,
      received_at: at,
      outcome: 'accepted',
    })
    .execute()
}

async function logStatus(orderId: string, status: string, at: Date): Promise<void> {
  const { store_id } = await store.row(orderId)
  await store.db
    .insertInto('operation_log')
    .values({
      ...{ order_id: orderId, store_id, version: 2, field: 'status', new_value: status, at },
      ...{ operator: 'test', source: 'test' },
    })
    .execute()
}

test('only orders that would have fared otherwise are reported, with both outcomes and the facts behind them', async () => {
  const [, , , , fifth = ''] = orderIds
  await payAt(fifth, minutesBefore(50 - 20))
  const report = await dryRun('reservation', await draftOf('reservation', longer))
  expect(report).toMatchObject({ subject: 'order', total: 6, examined: 6, changed: 2, nextCursor: null })
  expect(report.items.map((item) => item.id)).toEqual([orderIds[4], orderIds[5]])
  expect(report.items[0]).toMatchObject({
    before: { outcome: { expiresAt: minutesBefore(35).toISOString(), payment: 'too-late' } },
    after: {
      outcome: { expiresAt: minutesBefore(50 - 60).toISOString(), payment: 'in-time' },
      reasons: [
        { rule: 0, matched: true, reasons: [{ condition: 'units > 4', matched: true, facts: { units: 5 } }] },
      ],
    },
  })
})

test('a document that decides the same reports nothing, however it is written', async () => {
  const rules = [{ condition: { '>': [{ var: 'units' }, 4] }, outcome: { holdTtlSeconds: 900 } }]
  const report = await dryRun('reservation', await draftOf('reservation', { holdTtlSeconds: 900, rules }))
  expect(report).toMatchObject({ examined: 6, changed: 0, items: [] })
})

test('returns and late money that would have come too late are counted', async () => {
  const [first = '', second = ''] = orderIds
  await logStatus(first, 'delivered', minutesBefore(9))
  await sql`insert into order_return (id, order_id, state, reason, lines, created_at)
    values (${`R-${first}`}, ${first}::uuid, 'requested', 'x', '[]', ${minutesBefore(4)})`.execute(store.db)
  await logStatus(second, 'expired', minutesBefore(8))
  await payAt(second, minutesBefore(5))
  const windows = (afterSalesWindowSeconds: number, latePaymentWindowSeconds: number) => ({
    trackingIntervalSeconds: 60,
    afterSalesWindowSeconds,
    latePaymentWindowSeconds,
    parcelSilenceSeconds: 3_600,
  })
  await publishPolicy(store.db, { kind: 'order-life', document: windows(600, 600), ...origin })
  const report = await dryRun('order-life', await draftOf('order-life', windows(240, 120)))
  expect(report.items).toMatchObject([
    {
      id: first,
      before: { outcome: { returnsTooLate: 0 } },
      after: { outcome: { returnsTooLate: 1, returnsUntil: minutesBefore(5).toISOString() } },
    },
    { id: second, before: { outcome: { paymentsTooLate: 0 } }, after: { outcome: { paymentsTooLate: 1 } } },
  ])
})

test('orders that somebody would have gone to see are reported: what a rule matches, below its share, and has arrived', async () => {
  const matched = orderIds.slice(2)
  const [lowest = '', low = '', high = '', highest = ''] = matched.toSorted((a, b) => lotOf(a) - lotOf(b))
  // Between two lots, whatever ids the orders have; the third order is below it, but never arrived.
  const sharePercent = (lotOf(high) + lotOf(highest)) * 50
  for (const id of [lowest, low, highest]) await logStatus(id, 'delivered', minutesBefore(1))
  const document = {
    ...POLICIES.inspection.initial,
    rules: [
      {
        condition: { '>': [{ var: 'units' }, 2] },
        outcome: { sharePercent, checklist: 'delivered-goods', dueSeconds: 3_600 },
      },
    ],
  }
  const report = await dryRun('inspection', await draftOf('inspection', document))
  expect(report).toMatchObject({ subject: 'order', total: 6, examined: 6, changed: 2 })
  expect(report.items).toMatchObject(
    matched
      .filter((id) => id === lowest || id === low)
      .map((id) => ({
        id,
        before: { outcome: { inspected: false, checklist: null } },
        after: {
          outcome: { inspected: true, checklist: 'delivered-goods' },
          reasons: [{ lot: lotOf(id) * 100 }, { rule: 0, matched: true }],
        },
      })),
  )
})

test('levels that would become low, or would not be any more, are reported for safety stock', async () => {
  const { thresholds, ...rest } = POLICIES['safety-stock'].initial
  const { available } = { available: 100 - 21 }
  const document = { ...rest, thresholds: { ...thresholds, unitsByCategory: { 测试: available } } }
  const report = await dryRun('safety-stock', await draftOf('safety-stock', document))
  expect(report).toMatchObject({ subject: 'stock-level', examined: 2, changed: 1 })
  expect(report.items).toMatchObject([
    {
      id: `${skuId} in WH-HZ`,
      before: { outcome: { low: false } },
      after: { outcome: { low: true }, reasons: [{ threshold: available, available }] },
    },
  ])
})

/** Asks page after page, as a screen does. */
async function allPages(
  kind: PolicyKind,
  version: number,
  options: { limit?: number; pageMs?: number },
): Promise<DryRunReport[]> {
  const pages = [await dryRun(kind, version, options)]
  for (
    let cursor = pages[0]?.nextCursor ?? null;
    cursor !== null;
    cursor = pages.at(-1)?.nextCursor ?? null
  ) {
    pages.push(await dryRun(kind, version, { ...options, cursor }))
  }
  return pages
}

test.each([{ limit: 1 }, { pageMs: 0 }])(
  'in pages cut by %j nothing is left out or reported twice, and the counters go on over all of them',
  async (options) => {
    const version = await draftOf('reservation', { ...longer, holdTtlSeconds: 1_800 })
    const whole = await dryRun('reservation', version)
    const pages = await allPages('reservation', version, options)
    expect(pages.length).toBeGreaterThan(5)
    expect(pages.flatMap((page) => page.items)).toEqual(whole.items)
    const { examined, changed, total } = whole
    expect(pages.at(-1)).toMatchObject({ examined, changed, total, nextCursor: null })
    const progress = pages.map((page) => page.examined)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
  },
)

test('neither orders that arrive between two pages nor the time that passes shift what is examined', async () => {
  const version = await draftOf('reservation', { ...longer, holdTtlSeconds: 1_800 })
  const first = await dryRun('reservation', version, { days: 1, limit: 2 })
  const late = await store.order([{ skuId, quantity: 1 }])
  const rest = await dryRun('reservation', version, {
    days: 1,
    limit: 200,
    cursor: first.nextCursor ?? '',
    now: new Date(NOON.getTime() + 86_400_000),
  })
  expect(rest).toMatchObject({ from: first.from, to: first.to })
  expect([...first.items, ...rest.items].map((item) => item.id)).toEqual(orderIds)
  expect(rest.items.map((item) => item.id)).not.toContain(late.orderId)
})

test('a dry run goes no further than the days that were asked for', async () => {
  const version = await draftOf('reservation', { ...longer, holdTtlSeconds: 1_800 })
  const old = orderIds[5] ?? ''
  const move = (created_at: Date) =>
    owner.updateTable('orders').set({ created_at }).where('id', '=', old).execute()
  await move(minutesBefore(3 * 1_440))
  expect(await dryRun('reservation', version, { days: 2 })).toMatchObject({ total: 5, examined: 5 })
  expect(await dryRun('reservation', version, { days: 4 })).toMatchObject({ total: 6, examined: 6 })
  await move(minutesBefore(60))
})

test('a page whose caller has gone ends at once', async () => {
  const gone = new AbortController()
  gone.abort()
  const report = await dryRun('reservation', await draftOf('reservation', longer), { signal: gone.signal })
  expect(report.examined).toBe(1)
})

test('a cursor is void once the draft was edited or another version is in force', async () => {
  const version = await draftOf('reservation', { ...longer, holdTtlSeconds: 1_800 })
  const { nextCursor } = await dryRun('reservation', version, { limit: 1 })
  const cursor = nextCursor ?? ''
  await dryRun('reservation', version, { cursor })
  await store.inTransaction((tx) =>
    editDraft(tx, { kind: 'reservation', version, revision: 1, document: longer, ...origin }),
  )
  await expect(dryRun('reservation', version, { cursor })).rejects.toMatchObject({ code: 'invalid-cursor' })
  const { nextCursor: next } = await dryRun('reservation', version, { limit: 1 })
  await publishPolicy(store.db, {
    kind: 'reservation',
    document: { holdTtlSeconds: 901, rules: [] },
    ...origin,
  })
  await expect(dryRun('reservation', version, { cursor: next ?? '' })).rejects.toMatchObject({
    code: 'invalid-cursor',
  })
})

const anywhere = POLICIES.allocation.initial

test('an order that would be sent otherwise, or not at all, is reported with both plans', async () => {
  const split = await store.addSku({ 'WH-HZ': 10, 'WH-GZ': 10 })
  const { orderId } = await store.order([{ skuId: split, quantity: 15 }])
  const at = minutesBefore(1)
  await owner.updateTable('orders').set({ created_at: at }).where('id', '=', orderId).execute()
  const report = await dryRun('allocation', await draftOf('allocation', { ...anywhere, maxParcels: 1 }))
  expect(report).toMatchObject({ changed: 1, refusedBefore: 0, refusedAfter: 1 })
  expect(report.items).toMatchObject([
    {
      id: orderId,
      before: {
        refused: false,
        outcome: {
          parcels: [
            { warehouseId: 'WH-GZ', lines: [{ lineNumber: 1, quantity: 5 }] },
            { warehouseId: 'WH-HZ', lines: [{ lineNumber: 1, quantity: 10 }] },
          ],
        },
      },
      after: { refused: true, outcome: { shortages: [{ skuId: split, requested: 15, available: 10 }] } },
    },
  ])
})

test('a transfer that somebody else would have had to approve is reported', async () => {
  await sql`
    insert into transfer (id, sku_id, destination_id, quantity, status, version, requested_by, reason, proposal_number,
      maximum_proposals, proposal, approver_roles, policy_version, value_cents, deadlines, created_at)
    select gen_random_uuid(), ${skuId}, 'WH-GZ', units, 'requested', 1, 'Ann', 'x', 1, 1,
      '{"crossRegion": false, "breaksSafetyStock": false}', '{ops}', 0, 100, '{}', ${minutesBefore(1)}
    from unnest(array[5, 50]) as units`.execute(store.db)
  const { approval, ...rest } = POLICIES.transfer.initial
  const automatic = { maxQuantity: 10, maxValueCents: 1_000, crossRegion: false }
  const version = await draftOf('transfer', { ...rest, approval: { ...approval, automatic } })
  const report = await dryRun('transfer', version)
  expect(report).toMatchObject({ subject: 'transfer', examined: 2, changed: 1 })
  expect(report.items[0]).toMatchObject({
    before: { outcome: { automatic: false } },
    after: { outcome: { automatic: true }, reasons: [{ quantity: 5 }] },
  })
})

test('a request that would have taken another way is reported with both ways, and the one that moved a limit named', async () => {
  const changes = await Promise.all(
    [4_000, 6_000].map(async (concession) => {
      const { orderId } = await store.order([{ skuId, quantity: 10 }])
      const { changeId } = await store.inTransaction((tx) =>
        submitChange(tx, {
          changeId: uuid(),
          orderId,
          orderVersion: 1,
          change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 1_000 - concession / 10 }] },
          reasonCode: 'goodwill',
          reason: 'x',
          applicant: { name: 'ann', role: 'clerk' },
          eventId: uuid(),
        }),
      )
      const created_at = minutesBefore(1)
      await owner.updateTable('change_request').set({ created_at }).where('id', '=', changeId).execute()
      return changeId
    }),
  )
  // As a release wrote it that knew no facts of customers.
  await owner.updateTable('change_request_version').set({ facts: sql`facts - 'customerOrders'` }).execute()
  const { tiers, ...rest } = POLICIES['approval-route'].initial
  const known = { '>=': [{ var: 'customerOrders' }, 0] }
  const higher = tiers.map((tier) =>
    tier.name === 'team-lead'
      ? { ...tier, condition: { and: [{ '<': [{ var: 'concessionCents' }, 7_000] }, known] } }
      : tier,
  )
  const version = await draftOf('approval-route', { ...rest, tiers: higher })
  const report = await dryRun('approval-route', version)
  expect(report).toMatchObject({
    ...{ subject: 'change-request', total: 2, examined: 2, changed: 1 },
    items: [
      {
        id: changes[1],
        before: {
          outcome: {
            ...{ tier: 'store-manager', automatic: false },
            steps: [
              [{ tier: 'store-manager', approvers: [{ role: 'store_manager', within: 'store' }] }, {}, {}],
            ],
          },
        },
        after: { outcome: { tier: 'team-lead' } },
      },
    ],
  })
  expect(report.items[0]?.after.reasons.at(-1)).toMatchObject({ tier: 'team-lead', matched: true })
  const free = { condition: true, automatic: true, approvers: [], escalateTo: null }
  const automatic = tiers.map((tier) => (tier.name === 'headquarters-finance' ? { ...tier, ...free } : tier))
  const nobody = automatic.filter(({ name }) => name === 'headquarters-finance')
  const all = await dryRun('approval-route', await draftOf('approval-route', { ...rest, tiers: nobody }))
  expect(all.items.map((item) => item.after.outcome)).toEqual(
    changes.map(() => ({ tier: 'headquarters-finance', automatic: true, steps: [] })),
  )
})

test('who has how long decides for nobody, so that another deadline is no other way', async () => {
  const { tiers, ...rest } = POLICIES['approval-route'].initial
  const patient = tiers.map((tier) => ({ ...tier, title: 'x', deadlineSeconds: 86_400 }))
  const report = await dryRun(
    'approval-route',
    await draftOf('approval-route', { ...rest, expirySeconds: 86_400, tiers: patient }),
  )
  expect(report).toMatchObject({ examined: 2, changed: 0 })
})

test('a policy that could send nothing anywhere is not put in force, with or without orders to try it on', async () => {
  const nowhere = { ...anywhere, maxDistanceKilometres: 1 }
  const version = await draftOf('allocation', nowhere)
  const publish = store.inTransaction((tx) =>
    publishDraft(tx, { kind: 'allocation', version, revision: 1, publisher: 'test' }),
  )
  await expect(publish).rejects.toMatchObject({ code: 'policy-refuses-everything' })
  const near = { ...anywhere, maxDistanceKilometres: 100 }
  await publishPolicy(store.db, { kind: 'allocation', document: near, ...origin })
})

test('a threshold that would make every level low is not put in force', async () => {
  for (let count = 0; count < 5; count += 1) await store.addSku({ 'WH-HZ': 100, 'WH-GZ': 100 })
  const { thresholds, ...rest } = POLICIES['safety-stock'].initial
  const publish = (fallbackUnits: number) =>
    publishPolicy(store.db, {
      kind: 'safety-stock',
      document: { ...rest, thresholds: { ...thresholds, fallbackUnits } },
      ...origin,
    })
  await expect(publish(100)).rejects.toMatchObject({ code: 'policy-refuses-everything' })
  await publish(99)
})

test('a policy that would have turned away every one of the newest orders is not put in force', async () => {
  const hold = (holdTtlSeconds: number) =>
    publishPolicy(store.db, { kind: 'reservation', document: { holdTtlSeconds, rules: [] }, ...origin })
  await hold(1)
  for (let count = 0; count < 10; count += 1) {
    const { orderId } = await store.order([{ skuId, quantity: 1 }])
    const { created_at } = await store.row(orderId)
    await payAt(orderId, new Date(created_at.getTime() + 60_000))
  }
  await expect(hold(2)).rejects.toMatchObject({ code: 'policy-refuses-everything' })
  await hold(120)
})

test.each(['promotion', 'wms-mapping'] as const)(
  '%s decides nothing about the past, and says so',
  async (kind) => {
    const version = await draftOf(kind, POLICIES[kind].initial)
    await expect(dryRun(kind, version)).rejects.toMatchObject({ code: 'policy-nothing-to-compare' })
  },
)

test('a draft of reconciliation is tried on what was found: what its tolerances would take for the same', async () => {
  const runId = uuid()
  await store.db
    .insertInto('reconciliation_run')
    .values({
      ...{
        id: runId,
        counterpart: 'finance',
        from_day: '2026-10-01',
        to_day: '2026-10-31',
        origin: 'person',
      },
      ...{ requested_by: 'finance', state: 'done' },
    })
    .execute()
  const kept = (at: string) => JSON.stringify({ ref: 'R', key: 'K', value: 1, status: null, at })
  const difference = (subject: string, valueDifference: number) => ({
    ...{ counterpart: 'finance' as const, subject, kind: 'amount' as const, facets: ['amount' as const] },
    ...{
      line_kind: 'payment' as const,
      hub: kept('2026-10-01T00:00:00Z'),
      there: kept('2026-10-02T00:00:00Z'),
    },
    ...{
      value_difference: valueDifference,
      at_stake_cents: Math.abs(valueDifference),
      occurred_on: '2026-10-01',
    },
    ...{
      fingerprint: Buffer.alloc(32),
      first_run_id: runId,
      last_run_id: runId,
      found_at: minutesBefore(30),
    },
  })
  await store.db
    .insertInto('reconciliation_difference')
    .values([difference('small', 3), difference('large', -500)])
    .execute()
  const { initial } = POLICIES.reconciliation
  const version = await draftOf('reconciliation', {
    ...initial,
    finance: { ...initial.finance, tolerance: 10 },
  })
  const report = await dryRun('reconciliation', version)
  expect(report).toMatchObject({ subject: 'difference', total: 2, examined: 2, changed: 1 })
  expect(report.items).toMatchObject([
    { before: { outcome: { differs: true } }, after: { outcome: { differs: false } } },
  ])
})
