import { sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWecomClient } from '../../connectors/wecom/app.ts'
import { createWecomToken } from '../../connectors/wecom/token.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import type { LogEntry } from '../../domain/order.ts'
import type { OrderStatus } from '../../domain/order-state.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { commitOrder } from '../../store/commit.ts'
import { upsertAccount } from '../../store/identity.ts'
import {
  assignWaiting,
  dueInspections,
  raiseOverdueInspections,
  settleInspection,
} from '../../store/inspection-due.ts'
import { queueInspectionNotes } from '../../store/inspection-notes.ts'
import { assignInspection, cancelInspection } from '../../store/inspections.ts'
import { MobileLinks } from '../../store/mobile-links.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { wecomTokenShelf } from '../../store/wecom-token.ts'
import { DeliverySender } from '../../workers/delivery-sender.ts'
import { Inspections } from '../../workers/inspections.ts'
import { wecomCardTarget } from '../../workers/wecom-cards.ts'
import { CALM, WECOM, WECOM_SECRET, wecomApp, wecomControl } from '../support/wecom.ts'
import { openTestStore, type TestStore } from './support.ts'

const { initial } = POLICIES.inspection
const all = { sharePercent: 100, checklist: 'delivered-goods', dueSeconds: 86_400 }
let store: TestStore
let owner: pg.Client
let skuId: string
/** Asked anew each time: what a test has published holds at once. */
const policies = () => new Policies()

beforeAll(async () => {
  store = await openTestStore()
  owner = new pg.Client({ connectionString: store.ownerUrl })
  await owner.connect()
  skuId = await store.addSku({ 'WH-HZ': 1_000 })
})
afterAll(async () => {
  await owner.end()
  await store.close()
})
beforeEach(async () => {
  await publish({ rules: [{ condition: true, outcome: all }] })
  await store.db.updateTable('account').set({ disabled: true }).execute()
  await store.db.deleteFrom('inspection_due').execute()
  await owner.query(`
    update inspection set state = 'cancelled', cancelled_at = now(), cancelled_by = 'test', cancel_reason = 'the test is over',
      closed_at = now(), closed_by = 'test' where state = 'open'`)
  await owner.query('delete from work_item')
})

const publish = (change: Partial<PolicyDocument<'inspection'>>) =>
  publishPolicy(store.db, {
    kind: 'inspection',
    document: { ...initial, ...change },
    author: 'test',
    reason: 'test',
  })
const inspector = async (userName: string, region: string | null = '华东') => {
  const person = {
    userName,
    displayName: userName,
    role: 'inspector' as const,
    password: 'long enough',
    region,
  }
  await upsertAccount(store.db, { ...person, storeIds: [] })
}
/** The commit by which an order's workflow moves it. */
async function move(orderId: string, status: OrderStatus): Promise<void> {
  const { version, event_count, status: before } = await store.row(orderId)
  const state = { ...(await store.firstState(orderId)), status, version, eventCount: event_count + 1 }
  const entry: LogEntry = {
    ...{ field: 'status', oldValue: before, newValue: status, operator: 'system', source: 'test' },
    ...{ sourceTime: null, inboxId: null },
  }
  await commitOrder(store.db, { runId: 'run', state, records: [{ key: uuid(), log: [entry], writes: [] }] })
}
async function delivered(): Promise<string> {
  const { orderId } = await store.order([{ skuId, quantity: 1 }])
  await move(orderId, 'delivered')
  return orderId
}
const round = () =>
  new Inspections({ db: store.db, policies: policies(), logger: pino({ level: 'silent' }) }).runOnce()
const settle = (orderId: string) => settleInspection(store.db, policies(), orderId)
const inspectionsOf = (orderId: string) =>
  store.db.selectFrom('inspection').selectAll().where('order_id', '=', orderId).execute()
async function drawn(): Promise<{ orderId: string; id: string }> {
  const orderId = await delivered()
  await settle(orderId)
  const [row] = await inspectionsOf(orderId)
  if (!row) throw new Error('the order was not drawn')
  return { orderId, id: row.id }
}
const itemsOf = (kind: 'inspection_overdue' | 'inspection_unassigned', key: string) =>
  store.db
    .selectFrom('work_item')
    .select(['state', 'resolution'])
    .where('kind', '=', kind)
    .where('key', '=', key)
    .orderBy('created_at')
    .execute()

describe('drawing', () => {
  test('an order is drawn once it has arrived, and by nothing before', async () => {
    const { orderId } = await store.order([{ skuId, quantity: 1 }])
    await move(orderId, 'paid')
    await move(orderId, 'shipped')
    expect(await dueInspections(store.db, 100)).toEqual([])
    await move(orderId, 'delivered')
    expect(await dueInspections(store.db, 100)).toEqual([orderId])
    await settle(orderId)
    expect(await inspectionsOf(orderId)).toMatchObject([
      {
        state: 'open',
        region: '华东',
        drawn_by: { rule: 0, sharePercent: 100 },
        checklist: { name: 'delivered-goods' },
      },
    ])
    expect(await dueInspections(store.db, 100)).toEqual([])
  })

  test('two who decide at once, and an order that arrives again, make one inspection', async () => {
    const orderId = await delivered()
    await move(orderId, 'returning')
    await move(orderId, 'delivered')
    await Promise.all([settle(orderId), settle(orderId), settle(orderId)])
    await move(orderId, 'returning')
    await move(orderId, 'delivered')
    await settle(orderId)
    expect(await inspectionsOf(orderId)).toHaveLength(1)
    const entries = await store.db
      .selectFrom('audit_entry')
      .select('id')
      .where('action', '=', 'inspection.created')
      .where('new_value', '@>', JSON.stringify({ orderId }))
      .execute()
    expect(entries).toHaveLength(1)
  })

  test('a process that dies while it decides leaves nothing but the note, and the next one decides', async () => {
    const orderId = await delivered()
    const dying = policies()
    dying.current = async () => {
      throw new Error('the process dies')
    }
    await expect(settleInspection(store.db, dying, orderId)).rejects.toThrow('the process dies')
    expect(await inspectionsOf(orderId)).toEqual([])
    expect(await dueInspections(store.db, 100)).toEqual([orderId])
    await settle(orderId)
    expect(await inspectionsOf(orderId)).toHaveLength(1)
  })

  test('an order that cannot be decided on waits, and others are decided on', async () => {
    const [first, second] = [await delivered(), await delivered()]
    const failing = policies()
    const real = failing.current.bind(failing)
    let asked = 0
    failing.current = async (...args) => {
      asked += 1
      if (asked === 1) throw new Error('unreadable')
      return real(...args)
    }
    const logger = pino({ level: 'silent' })
    expect(await new Inspections({ db: store.db, policies: failing, logger }).runOnce()).toBe(2)
    const made = [...(await inspectionsOf(first)), ...(await inspectionsOf(second))]
    expect(made).toHaveLength(1)
    expect(await dueInspections(store.db, 100)).toEqual([])
    expect(await store.db.selectFrom('inspection_due').select('order_id').execute()).toHaveLength(1)
  })

  test('what no rule matches is left alone, and a later policy does not change what was drawn', async () => {
    const { id } = await drawn()
    await publish({ rules: [{ condition: true, outcome: { ...all, sharePercent: 0 } }] })
    const orderId = await delivered()
    await settle(orderId)
    expect(await inspectionsOf(orderId)).toEqual([])
    const row = await store.db
      .selectFrom('inspection')
      .select(['drawn_by'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(row.drawn_by.sharePercent).toBe(100)
  })

  test('goods that come back end an open inspection; a result that was on its way may still come', async () => {
    const { orderId } = await drawn()
    await move(orderId, 'returned')
    await settle(orderId)
    expect(await inspectionsOf(orderId)).toMatchObject([
      { state: 'cancelled', cancel_reason: 'the order is returned', result: null },
    ])
  })
})

describe('who goes', () => {
  test('of the region’s inspectors each gets as many as the others', async () => {
    await inspector('east-1')
    await inspector('east-2')
    await inspector('south', '华南')
    const orders = [await drawn(), await drawn(), await drawn(), await drawn()]
    const rows = await Promise.all(orders.map(({ orderId }) => inspectionsOf(orderId)))
    const assignees = rows.flat().map(({ assignee }) => assignee)
    expect(assignees.sort()).toEqual(['east-1', 'east-1', 'east-2', 'east-2'])
  })

  test('without anybody it waits with one item a region, and goes to whoever comes', async () => {
    const [first, second] = [await drawn(), await drawn()]
    expect(await itemsOf('inspection_unassigned', '华东')).toMatchObject([{ state: 'open' }])
    await inspector('late')
    await round()
    for (const { orderId } of [first, second]) {
      expect(await inspectionsOf(orderId)).toMatchObject([{ assignee: 'late' }])
    }
    expect(await itemsOf('inspection_unassigned', '华东')).toMatchObject([{ state: 'resolved' }])
  })

  test('what a disabled account was sent to goes to somebody else', async () => {
    await inspector('gone')
    const { orderId } = await drawn()
    await store.db.updateTable('account').set({ disabled: true }).where('user_name', '=', 'gone').execute()
    await inspector('next')
    await round()
    expect(await inspectionsOf(orderId)).toMatchObject([{ assignee: 'next' }])
  })

  test('where nobody else is, what a disabled account was sent to has nobody, and an item says so', async () => {
    await inspector('north-only', '西北')
    const { orderId, id } = await drawn()
    await store.inTransaction((tx) =>
      assignInspection(tx, { inspectionId: id, assignee: 'north-only', origin: SYSTEM_ORIGIN }),
    )
    expect(await itemsOf('inspection_unassigned', '华东')).not.toContainEqual(
      expect.objectContaining({ state: 'open' }),
    )
    await store.db.updateTable('account').set({ disabled: true }).execute()
    await round()
    expect(await inspectionsOf(orderId)).toMatchObject([{ assignee: null, assigned_at: null }])
    expect(await itemsOf('inspection_unassigned', '华东')).toContainEqual(
      expect.objectContaining({ state: 'open' }),
    )
  })

  test('those for whom there never is anybody keep nobody waiting', async () => {
    const first = [await drawn(), await drawn(), await drawn()]
    const last = await drawn()
    await owner.query(`update inspection set region = '西北' where id = any($1)`, [first.map(({ id }) => id)])
    await inspector('patient')
    let after: string | null = null
    do after = await assignWaiting(store.db, policies(), { after, limit: 1 })
    while (after !== null)
    expect(await inspectionsOf(last.orderId)).toMatchObject([{ assignee: 'patient' }])
  })

  test('the item of a region ends only when none of its inspections waits, however many end at once', async () => {
    const ids = (await Promise.all(Array.from({ length: 6 }, () => drawn()))).map(({ id }) => id)
    const cancel = (inspectionId: string) =>
      store.inTransaction((tx) => cancelInspection(tx, { inspectionId, reason: 'x', origin: SYSTEM_ORIGIN }))
    const open = async () =>
      (await itemsOf('inspection_unassigned', '华东')).filter(({ state }) => state === 'open')
    expect(await open()).toHaveLength(1)
    await Promise.all(ids.map(cancel))
    expect(await open()).toEqual([])
  })

  test('nobody can be sent who is unknown, disabled, or of finance', async () => {
    const { id } = await drawn()
    await upsertAccount(store.db, {
      ...{ userName: 'money', displayName: 'money', role: 'finance', password: 'long enough' },
      ...{ storeIds: [], region: null },
    })
    const send = (assignee: string) =>
      store.inTransaction((tx) => assignInspection(tx, { inspectionId: id, assignee, origin: SYSTEM_ORIGIN }))
    for (const assignee of ['nobody', 'gone', 'money']) {
      await expect(send(assignee)).rejects.toMatchObject({ code: 'inspector-unfit' })
    }
  })
})

describe('being told', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), wecomSecret: WECOM_SECRET })
  })
  afterAll(() => simulator.close())
  afterEach(() => simulator.mischief('wecom', CALM))

  const textsTo = async (memberId: string) =>
    (await wecomControl(simulator.url).state()).texts.filter((text) => text.memberId === memberId)
  /** Queues what is to be told and sends what is due. */
  const tell = async () => {
    await queueInspectionNotes(store.db, 100)
    await sql`update delivery set next_attempt_at = clock_timestamp() where state = 'pending'`.execute(
      store.db,
    )
    await sql`update wecom_turn set next_at = clock_timestamp()`.execute(store.db)
    const app = wecomApp(simulator.url)
    const token = createWecomToken(app, wecomTokenShelf(store.db, store.keyRing, WECOM))
    const links = new MobileLinks({ db: store.db, secret: 'links of the tests' })
    const target = wecomCardTarget({ client: createWecomClient(app, token), links, pageUrl: undefined })
    await new DeliverySender({ db: store.db, target }).runOnce()
  }
  const member = async (userName: string) => {
    await inspector(userName)
    const memberId = `member.${uuid().slice(-8)}`
    await sql`
      insert into wecom_member (account_id, member_id, mapped_by)
      select id, ${memberId}, 'test' from account where user_name = ${userName}`.execute(store.db)
    return memberId
  }

  test('whoever is sent hears it once in WeCom, with where and until when, and nothing of the customer', async () => {
    const memberId = await member('told')
    const { id } = await drawn()
    await tell()
    await tell()
    const texts = await textsTo(memberId)
    expect(texts).toHaveLength(1)
    expect(texts[0]?.content).toContain(id)
    expect(texts[0]?.content).toContain('到货稽查')
    expect(texts[0]?.content).not.toMatch(/1[3-9]\d{9}|文一西路/)
  })

  test('a message whose answer was lost is in its member’s chat once', async () => {
    const memberId = await member('cut-off')
    await drawn()
    simulator.mischief('wecom', { cutAfterEffect: 1 })
    // The first call, which brings the token, may be lost as well.
    await tell()
    await tell()
    simulator.mischief('wecom', CALM)
    await tell()
    expect(await textsTo(memberId)).toHaveLength(1)
  })

  test('who was there before hears nothing any more, who goes now does', async () => {
    const [before, now] = [await member('before'), await member('now')]
    const { id } = await drawn()
    const send = (assignee: string) =>
      store.inTransaction((tx) => assignInspection(tx, { inspectionId: id, assignee, origin: SYSTEM_ORIGIN }))
    await send('before')
    await queueInspectionNotes(store.db, 100)
    await send('now')
    await tell()
    await tell()
    expect(await textsTo(before)).toEqual([])
    expect(await textsTo(now)).toHaveLength(1)
  })

  test('whoever becomes a member of WeCom later hears of what they still have to do', async () => {
    await inspector('late-member')
    await drawn()
    await tell()
    const memberId = await member('late-member')
    await tell()
    expect(await textsTo(memberId)).toHaveLength(1)
  })
})

test('a person is told once of each that is overdue, and the item ends with the inspection', async () => {
  const { id } = await drawn()
  expect(await raiseOverdueInspections(store.db, 100)).toBe(0)
  await owner.query(
    `update inspection set created_at = now() - interval '2 days', due_at = now() - interval '1 day' where id = $1`,
    [id],
  )
  expect(await raiseOverdueInspections(store.db, 100)).toBe(1)
  expect(await raiseOverdueInspections(store.db, 100)).toBe(0)
  expect(await itemsOf('inspection_overdue', id)).toMatchObject([{ state: 'open' }])
  await store.inTransaction((tx) =>
    cancelInspection(tx, { inspectionId: id, reason: 'nobody is at home', origin: SYSTEM_ORIGIN }),
  )
  expect(await itemsOf('inspection_overdue', id)).toMatchObject([{ state: 'resolved' }])
})
