import { setTimeout as delay } from 'node:timers/promises'
import { v7 as uuid } from 'uuid'
import { z } from 'zod'
import { POLICIES } from '../../contracts/policies/index.ts'
import { createHubClient } from '../../scripts/parts/hub-client.ts'
import type { RunInfo } from '../../scripts/parts/run-file.ts'

/** So many requests wait for one approver on a bad day. */
const REQUESTS = 60
const UNIT_PRICE_CENTS = 19_900
const STEP_CENTS = 25
/** Orders that nobody pays must outlast the measurement. */
const HOLD_TTL_SECONDS = 7_200
const ARRIVED_WITHIN_MS = 120_000
const LOOK_AGAIN_MS = 250
/** Sold evenly over so many days. */
const DAYS = 90

const placed = z.object({ orderId: z.string() })
const inboxPage = z.object({ items: z.array(z.unknown()) })

/** Requests for a lower price, each for an order of its own, that wait for the team lead; all through the API. */
export async function fillInbox(hub: RunInfo, check: () => void): Promise<void> {
  const systems = createHubClient(hub)
  const policy = { ...POLICIES.reservation.initial, holdTtlSeconds: HOLD_TTL_SECONDS }
  await systems.send({
    ...{
      as: 'ops',
      method: 'PUT',
      path: '/v1/policies/reservation',
      answer: z.unknown(),
      idempotencyKey: uuid(),
    },
    body: { document: policy, reason: 'benchmark' },
  })
  const clerk = await signedIn(hub, 'clerk')
  for (let index = 0; index < REQUESTS; index += 1) {
    const { orderId } = await systems.send({
      ...{ as: 'mall', method: 'POST', path: '/v1/orders', answer: placed, idempotencyKey: uuid() },
      body: orderOf(index),
    })
    await clerk('POST', '/v1/change-requests', {
      ...{ orderId, orderVersion: 1, reasonCode: 'goodwill', reason: '客户反映包装破损，协商让利' },
      change: {
        type: 'price',
        lines: [{ lineNumber: 1, unitPriceCents: UNIT_PRICE_CENTS - STEP_CENTS * (index + 1) }],
      },
    })
    check()
  }
  const lead = await signedIn(hub, 'team_lead')
  for (const giveUpAt = Date.now() + ARRIVED_WITHIN_MS; ; ) {
    const { items } = inboxPage.parse(await lead('GET', '/v1/approval-inbox?limit=100'))
    if (items.length >= REQUESTS) return
    if (Date.now() > giveUpAt)
      throw new Error(`${items.length} of ${REQUESTS} requests reached their approver`)
    check()
    await delay(LOOK_AGAIN_MS)
  }
}

function orderOf(index: number): object {
  return {
    ...{ storeId: 'ST-MALL-EAST', channel: 'mall' },
    contact: {
      ...{ name: '张三', phone: '13800138000', divisionCode: '310115' },
      address: `世纪大道 ${index + 1} 号`,
    },
    lines: [{ skuId: 'SKU-0001', quantity: 1, unitPriceCents: UNIT_PRICE_CENTS }],
  }
}

type Ask = (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>

/** Asks the API as a person. */
async function signedIn(hub: RunInfo, role: RunInfo['accounts'][number]['role']): Promise<Ask> {
  const account = hub.accounts.find((each) => each.role === role)
  if (!account) throw new Error(`the hub has no account of role ${role}`)
  const cookie = await cookieOf(hub.api, account)
  return async (method, path, body) => {
    const response = await fetch(new URL(path, hub.api), {
      method,
      headers: {
        cookie,
        ...{ 'x-order-hub': '1', 'idempotency-key': uuid() },
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
}

/** The cookie of a new session of an account. */
export async function cookieOf(
  api: string,
  { user, password }: { user: string; password: string },
): Promise<string> {
  const response = await fetch(new URL('/v1/session', api), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName: user, password }),
  })
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '')
  if (!response.ok || cookies.length === 0) throw new Error(`${user} could not sign in: ${response.status}`)
  return cookies.join('; ')
}

/**
 * Statements that add orders of all stores, spread over the last days: nine in ten are over, the newest are under way. They are what
 * lists are made of and no more: without a log and messages, whatever runs in the background takes no notice of them.
 */
export function ordersOf(orders: number): string[] {
  const at = `now() - interval '${DAYS} days' * ((${orders} + 1 - n)::float8 / ${orders})`
  const isUnderWay = `n > ${orders} * 0.9`
  const status = `case
    when ${isUnderWay} then (array['paid', 'shipped', 'in_transit', 'delivered'])[1 + n / 10 % 4]
    when n % 25 = 0 then 'cancelled' when n % 33 = 0 then 'expired' when n % 80 = 0 then 'returned' else 'completed' end`
  return [
    `insert into contact (id, key_id, sealed, division_code) select gen_random_uuid(), 'bench', '\\x00', '330106'`,
    `insert into orders (id, channel, store_id, external_order_id, contact_id, division_code, status, needs_attention, amount_cents,
        freight_cents, paid_cents, reservation_expires_at, policy_versions, placed_by, created_at, updated_at, closed_at)
      select uuidv7(${at} - now()), store.channel, store.id, 'BENCH-' || n, contact.id, '330106', ${status}, n % 500 = 0,
        1000 + n % 90000, 0, 1000 + n % 90000, ${at} + interval '15 minutes', '{}', 'bench', ${at}, ${at},
        case when not (${isUnderWay}) then ${at} + interval '7 days' end
      from generate_series(1, ${orders}) as n
        join (select id, channel, row_number() over (order by id) - 1 as place, count(*) over () as stores from store) as store
          on store.place = n % store.stores
        cross join contact where contact.key_id = 'bench'`,
  ]
}
