import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { orderPlacedBody } from '../../contracts/facts.ts'
import { dryRunBody } from '../../contracts/policies/dry-run.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { OrderPlaced } from '../../domain/order.ts'
import { checksOf } from '../../store/abnormal-orders.ts'
import { checkout } from '../../store/checkout.ts'
import { sealContact } from '../../store/contacts.ts'
import { createDatabase, type Tx } from '../../store/database.ts'
import { upsertAccount } from '../../store/identity.ts'
import { tidy } from '../../store/maintenance.ts'
import { checkOrder } from '../../store/order-checks.ts'
import { dryRunPolicy } from '../../store/policy-dry-run.ts'
import { createDraft, publishPolicy } from '../../store/policy-versions.ts'
import { placedFacts } from '../../store/reconcile.ts'
import { countNextHour } from '../../store/sales-figures.ts'
import { SensitiveWords } from '../../store/sensitive-words.ts'
import { openWorkItem } from '../../store/work-items.ts'
import { openTestStore } from './support.ts'

type Contact = { phone: string; address: string; remark?: string; divisionCode?: string }

let store: Awaited<ReturnType<typeof openTestStore>>
/** The application itself may not move an order in time. */
let owner: ReturnType<typeof createDatabase>
let skuId: string
const words = new SensitiveWords()
const origin = { author: 'test', reason: 'test' }
const { initial } = POLICIES['abnormal-order']
let phones = 13_700_000_000

beforeAll(async () => {
  store = await openTestStore()
  owner = createDatabase(store.ownerUrl, 1)
  skuId = await store.addSku({ 'WH-HZ': 10_000 })
})
afterAll(async () => {
  await owner.destroy()
  await store.close()
})

/** Of somebody who has never ordered before, unless told otherwise. */
async function placed(
  contact: Partial<Contact> = {},
  line: { quantity?: number; unitPriceCents?: number } = {},
): Promise<OrderPlaced> {
  phones += 1
  const input = store.checkoutInput([{ skuId, quantity: line.quantity ?? 1 }])
  const lines = input.body.lines.map((entry) => ({ ...entry, ...line }))
  const whom = { phone: String(phones), address: `文三路 ${phones} 号`, ...contact }
  const body = { ...input.body, lines, contact: { ...input.body.contact, ...whom } }
  const result = await store.inTransaction((tx) => checkout(tx, store, { ...input, body }))
  if (!result.ok) throw result.problem
  return orderPlacedBody.parse(await placedFacts(store.db, input.orderId))
}

const check = (order: OrderPlaced, number = 1) =>
  checkOrder(store.db, { ...store, words }, { placed: order, number })
async function factsOf(order: OrderPlaced): Promise<Record<string, unknown>> {
  await check(order)
  const row = await store.db
    .selectFrom('order_check')
    .select('facts')
    .where('order_id', '=', order.orderId)
    .executeTakeFirstOrThrow()
  return row.facts
}
const publish = (document: PolicyDocument<'abnormal-order'>) =>
  publishPolicy(store.db, { kind: 'abnormal-order', document, ...origin }).then(() => store.policies.expire())

test('an order with which nothing is wrong is clear, and says which rules were asked', async () => {
  const order = await placed()
  expect(order.isChecked).toBe(true)
  expect(await check(order)).toEqual({ outcome: 'clear', policyVersion: 0, findings: [], handler: null })
  expect(await checksOf(store.db, order.orderId)).toMatchObject([
    { number: 1, outcome: 'clear', state: 'passed', policyVersion: 0, wordsVersion: 0, findings: [] },
  ])
})

test('phone, address and remark are judged, and nothing of them leaves the contact', async () => {
  const secrets = { phone: '12012345678', address: '随便', remark: '先别发货，联系我 wx-secret' }
  const order = await placed(secrets)
  const answer = await check(order)
  expect(answer.outcome).toBe('held')
  expect(answer.findings.map(({ rule }) => rule)).toEqual([
    'address-too-short',
    'phone-invalid',
    'remark-stop',
  ])
  const { rows } = await sql<{ kept: string }>`
    select (select jsonb_agg(to_jsonb(c)) from order_check c where order_id = ${order.orderId})::text
      || (select jsonb_agg(to_jsonb(f)) from order_finding f where order_id = ${order.orderId})::text as kept`.execute(
    store.db,
  )
  const said = `${rows[0]?.kept}${JSON.stringify(answer)}`
  for (const secret of [secrets.phone, secrets.address, '先别发', 'wx-secret', '张三']) {
    expect(said).not.toContain(secret)
  }
})

test('the first answer to a check stands, whoever asks again and whatever the rules have become', async () => {
  const order = await placed({ address: '家里' })
  const first = await check(order)
  await publish({ ...initial, rules: [] })
  try {
    expect(await check(order)).toEqual(first)
    const [again, twice] = await Promise.all([check(order), check(order)])
    expect([again, twice]).toEqual([first, first])
    expect(await check(await placed({ address: '家里' }))).toMatchObject({ outcome: 'clear' })
  } finally {
    await publish(initial)
  }
})

test('other orders to the address and of the number are counted, however both are written, and repetitions', async () => {
  const phone = '13600000001'
  const first = await placed({ phone, address: '浙江省杭州市西湖区文三路 478 号 3-201' })
  await check(first)
  const second = await placed({ phone: '13600000002', address: '文三路478号3－201' })
  const third = await placed({ phone: '+86 136-0000-0001', address: '别处 1 号' })
  const other = await placed({ phone: '13600000003', address: '文三路478号32-01' })
  expect(await factsOf(second)).toMatchObject({ ordersToAddressLastDay: 1, ordersToPhoneLastDay: 0 })
  expect(await factsOf(third)).toMatchObject({
    ...{ ordersToAddressLastDay: 0, ordersToPhoneLastDay: 1, duplicatesLastHour: 1, duplicatesLastDay: 1 },
    ...{ customerOrders: 1, amountTimesUsual: 1 },
  })
  expect(await factsOf(other)).toMatchObject({ ordersToAddressLastDay: 0 })
  // Of two alike the second one is the repetition.
  const facts = await store.db
    .selectFrom('order_check')
    .select('facts')
    .where('order_id', '=', first.orderId)
    .execute()
  expect(facts).toMatchObject([{ facts: { duplicatesLastHour: 0, ordersToPhoneLastDay: 0 } }])
})

test('an amount is compared with the customer’s average, a price with the standard one', async () => {
  const phone = '13600000011'
  for (const quantity of [1, 2, 3]) await placed({ phone }, { quantity })
  const order = await placed({ phone }, { quantity: 20, unitPriceCents: 400 })
  expect(await factsOf(order)).toMatchObject({
    ...{ customerOrders: 3, amountTimesUsual: 4, lowestPricePercent: 40, highestPricePercent: 40 },
  })
})

test('a quantity is compared with what 95 of 100 sales of the SKU do not exceed', async () => {
  const other = skuId
  skuId = await store.addSku({ 'WH-HZ': 1_000 })
  try {
    const before = await placed({}, { quantity: 9 })
    expect(await factsOf(before)).toMatchObject({ quantityTimesUsual: 0 })
    const orders = []
    for (let count = 0; count < 20; count += 1)
      orders.push(await placed({}, { quantity: count < 19 ? 1 : 3 }))
    await owner
      .updateTable('orders')
      .set({ created_at: sql`created_at - interval '2 hours'` })
      .where(
        'id',
        'in',
        [before, ...orders].map((order) => order.orderId),
      )
      .execute()
    while (await countNextHour(store.db));
    const facts = await factsOf(await placed({}, { quantity: 9 }))
    expect(facts).toMatchObject({ quantityTimesUsual: 3, lines: [{ usualQuantity: 3 }] })
  } finally {
    skuId = other
  }
})

test('what only the platform can read is not judged', async () => {
  const order = await placed()
  const id = uuid()
  const person = {
    name: '张*',
    phone: '',
    address: '浙江省杭州市****',
    remark: '',
    ciphertext: { oaid: 'x' },
  }
  await store.db
    .insertInto('contact')
    .values({ id, ...sealContact(store.keyRing, id, person), division_code: '330000' })
    .execute()
  const hidden = { ...order, contactId: id }
  expect(await check(hidden)).toMatchObject({ outcome: 'clear' })
  const [row] = await store.db
    .selectFrom('order_check')
    .select('facts')
    .where('order_id', '=', order.orderId)
    .execute()
  expect(row?.facts).toMatchObject({ addressReadable: false, phoneKind: 'hidden' })
})

test('a new dictionary counts at once; 100,000 words are no burden', async () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `违${index.toString(36)}禁`)
  const document = { categories: [{ category: 'stop', title: '停', words: ['芝麻开门', ...many] }] }
  await publishPolicy(store.db, { kind: 'sensitive-words', document, ...origin })
  store.policies.expire()
  try {
    const answer = await check(await placed({ remark: '请芝 麻.开门，谢谢' }))
    expect(answer.findings.map(({ rule }) => rule)).toEqual(['remark-stop'])
  } finally {
    await publishPolicy(store.db, {
      ...{ kind: 'sensitive-words', document: POLICIES['sensitive-words'].initial },
      ...origin,
    })
    store.policies.expire()
  }
})

test('handlers: the person, the role, in turns, or who has least to do, of those who may see the store', async () => {
  const account = (userName: string, storeIds: string[]) =>
    upsertAccount(store.db, {
      ...{ userName, displayName: userName, role: 'clerk', password: 'correct horse battery staple' },
      ...{ storeIds, region: null },
    })
  await Promise.all([account('ann', ['MALL']), account('bob', ['MALL']), account('cat', ['ELSEWHERE'])])
  const rule = (name: string, handler: PolicyDocument<'abnormal-order'>['rules'][number]['handler']) => ({
    ...{ name, condition: { '==': [{ var: 'detailVague' }, true] }, tag: name, severity: 'low' as const },
    ...{ action: 'hold' as const, handler, releasedBy: ['ops' as const] },
  })
  await openWorkItem(store.db, {
    kind: 'contradiction',
    key: uuid(),
    orderId: null,
    detail: {},
    owner: 'ann',
  })
  const handlersBy = async (handler: Parameters<typeof rule>[1]) => {
    await publish({ ...initial, rules: [rule('only', handler)] })
    const answers = []
    for (let count = 0; count < 3; count += 1) answers.push(await check(await placed({ address: '家里' })))
    return answers.map((answer) => answer.handler)
  }
  try {
    const accounts = ['ann', 'bob', 'cat', 'nobody']
    expect(await handlersBy({ kind: 'person', account: 'bob' })).toEqual(['bob', 'bob', 'bob'])
    expect(await handlersBy({ kind: 'person', account: 'cat' })).toEqual([null, null, null])
    expect(await handlersBy({ kind: 'role', role: 'ops' })).toEqual([null, null, null])
    const turns = await handlersBy({ kind: 'round-robin', among: { accounts } })
    expect(new Set(turns)).toEqual(new Set(['ann', 'bob']))
    expect(turns[0]).toBe(turns[2])
    // Ann has an open work item already; these get theirs with the commit of their orders.
    expect(await handlersBy({ kind: 'least-loaded', among: { role: 'clerk' } })).toEqual([
      'bob',
      'bob',
      'bob',
    ])
    expect(await handlersBy({ kind: 'least-loaded', among: { role: 'finance' } })).toEqual([null, null, null])
    const row = await store.db
      .selectFrom('order_finding')
      .select('handler_role')
      .orderBy('found_at', 'desc')
      .executeTakeFirst()
    expect(row?.handler_role).toBe('finance')
  } finally {
    await publish(initial)
  }
})

test('a later check takes the place of an earlier one; one that is behind holds nothing', async () => {
  const order = await placed({ address: '家里' })
  await check(order)
  await check(order, 3)
  await check(order, 2)
  const states = (await checksOf(store.db, order.orderId)).map(({ state, findings }) => [
    state,
    findings[0]?.state,
  ])
  expect(states).toEqual([
    ['superseded', 'superseded'],
    ['superseded', 'superseded'],
    ['held', 'held'],
  ])
})

test('who shared an address is forgotten after two days', async () => {
  await check(await placed({ address: '文三路 999 号' }))
  await owner.updateTable('address_seen').set({ seen_at: sql`now() - interval '49 hours'` }).execute()
  await tidy(store.db)
  expect(await store.db.selectFrom('address_seen').selectAll().execute()).toEqual([])
})

const hold = (name: string, condition: unknown): PolicyDocument<'abnormal-order'>['rules'][number] => ({
  ...{ name, condition, tag: name, severity: 'low', action: 'hold', handler: null, releasedBy: ['ops'] },
})

test('a dry run goes by the facts of past orders, and warns of a rule that would hold all of them', async () => {
  for (let count = 0; count < 10; count += 1) await check(await placed())
  const document = {
    ...initial,
    rules: [
      hold('every-mall-order', { '==': [{ var: 'channel' }, 'mall'] }),
      hold('all-of-them', { '>=': [{ var: 'units' }, 0] }),
      hold('in-hangzhou', { in: [{ var: 'divisionCode' }, ['330106']] }),
      hold('never', { '>': [{ var: 'units' }, 1_000] }),
    ],
  }
  const version = await store.inTransaction((tx: Tx) =>
    createDraft(tx, { kind: 'abnormal-order', document, ...origin }),
  )
  const dryRun = async (cursor?: string) =>
    dryRunPolicy(store.db, {
      ...dryRunBody.parse({ limit: 7, ...(cursor === undefined ? {} : { cursor }) }),
      ...{ kind: 'abnormal-order', version, now: new Date(), signal: new AbortController().signal },
    })
  let report = await dryRun()
  expect(report).toMatchObject({ subject: 'order', comparedWith: expect.any(Number) })
  expect(report.items[0]?.after).toMatchObject({ refused: true, outcome: { outcome: 'held' } })
  while (report.nextCursor !== null) report = await dryRun(report.nextCursor)
  expect(report.refusedAfter).toBe(report.examined)
  // One would hold any order; two happen to hold all that there have been.
  expect(report.warnings.map(({ rule, examined }) => [rule, examined])).toEqual([
    ['every-mall-order', report.examined],
    ['all-of-them', 0],
    ['in-hangzhou', report.examined],
  ])
  await expect(publish(document)).rejects.toMatchObject({ code: 'policy-refuses-everything' })
})
