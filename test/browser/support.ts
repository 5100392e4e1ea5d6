import { AxeBuilder } from '@axe-core/playwright'
import pg from 'pg'
import { type Browser, type BrowserContext, type Cookie, chromium, type Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, inject, vi } from 'vitest'
import { createHubClient } from '../../scripts/parts/hub-client.ts'
import { seedShops } from '../../scripts/seed-shops.ts'

const hub = inject('hub')
export const HUB_URL = hub.api
export const SIMULATOR_URL = hub.simulator
/** Of everybody at the simulated company's sign-in. */
export const COMPANY_PASSWORD = hub.companyPassword
/** For what only schedules find: rows that a test puts there itself. */
export const DATABASE_URL = hub.postgres

/** As the API calls it. */
const SESSION_COOKIE = 'order_hub_session'

/** For one thing to appear. Generous: the machine may be busy; a test that waits this long has failed. */
export const PATIENCE_MS = 60_000
export const LOOK_AGAIN_MS = 100
export const DESKTOP = { width: 1_440, height: 900 }
/** The narrowest screen that people approve on. */
export const PHONE = { width: 360, height: 740 }

export type Role = (typeof hub.accounts)[number]['role']
type Json = Record<string, unknown>

/** One browser for a test file. */
export function useBrowser(): { open: (options?: OpenOptions) => Promise<Visit> } {
  let browser: Browser | undefined
  let contexts: BrowserContext[] = []
  const sessions = new Sessions()
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: inject('chromium'), args: ['--no-sandbox'] })
  })
  // Pages that nobody looks at any more would go on asking the hub.
  afterEach(async () => {
    const left = contexts
    contexts = []
    await Promise.all(left.map((context) => context.close()))
  })
  afterAll(() => browser?.close())
  return {
    open: async (options = {}) => {
      if (!browser) throw new Error('the browser is not there yet')
      const context = await browser.newContext({
        baseURL: HUB_URL,
        viewport: options.viewport ?? DESKTOP,
        locale: 'zh-CN',
        timezoneId: 'Asia/Shanghai',
        reducedMotion: 'reduce',
        // What one answers, no test could see or change.
        serviceWorkers: options.keepsFiles ? 'allow' : 'block',
      })
      contexts.push(context)
      context.setDefaultTimeout(PATIENCE_MS)
      if (options.as) await sessions.lend(context, options.as)
      return visitOf(await context.newPage())
    },
  }
}

export type OpenOptions = {
  as?: Role
  viewport?: { width: number; height: number }
  /** Whether the console's service worker runs. */
  keepsFiles?: boolean
}

export type Visit = {
  page: Page
  /** Hosts that the page has asked. */
  hosts: Set<string>
  /** What the browser complained about: errors of scripts, and what the content security policy refused. */
  complaints: string[]
}

function visitOf(page: Page): Visit {
  const hosts = new Set<string>()
  const complaints: string[] = []
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol.startsWith('http')) hosts.add(host)
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // An answer of 4xx is a console message of the browser, and nothing that went wrong in the page.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      complaints.push(message.text())
  })
  return { page, hosts, complaints }
}

export function accountOf(role: Role): { user: string; password: string } {
  const account = hub.accounts.find((each) => each.role === role)
  if (!account) throw new Error(`the hub has no account of role ${role}`)
  return account
}

/**
 * Sessions that tests of a file use one after the other, and none at once: signing in anew for each screen of a walk is more than
 * the hub lets anybody do in a minute. One that has ended, or is somebody else's by now, is not lent again.
 */
class Sessions {
  readonly #kept = new Map<Role, Cookie[]>()

  async lend(context: BrowserContext, role: Role): Promise<void> {
    const kept = this.#kept.get(role) ?? []
    this.#kept.set(role, kept)
    if (!(await this.#take(context, role, kept))) await signIn(context, role)
    const cookie = (await context.cookies()).find(({ name }) => name === SESSION_COOKIE)
    if (cookie) context.once('close', () => kept.push(cookie))
  }

  async #take(context: BrowserContext, role: Role, kept: Cookie[]): Promise<boolean> {
    for (let cookie = kept.pop(); cookie !== undefined; cookie = kept.pop()) {
      await context.addCookies([cookie])
      const answer = await context.request.get('/v1/session')
      if (answer.ok() && (await answer.json()).userName === accountOf(role).user) return true
    }
    return false
  }
}

/** A session without the form, for tests of what comes after it. */
async function signIn(context: BrowserContext, role: Role): Promise<void> {
  const { user, password } = accountOf(role)
  const answer = await context.request.post('/v1/session', { data: { userName: user, password } })
  if (!answer.ok()) throw new Error(`${user} could not sign in: ${await answer.text()}`)
}

/** Asks the API as a system or, with the page's session, as the person who looks at it. */
export async function ask(
  caller: keyof typeof hub.apiKeys | Page,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Json> {
  const key = { 'idempotency-key': uuid(), 'x-order-hub': '1' }
  if (typeof caller !== 'string') {
    const answer = await caller.request.fetch(path, { method, headers: key, ...(body ? { data: body } : {}) })
    return read(path, answer.status(), await answer.text())
  }
  const headers = {
    ...key,
    authorization: `Bearer ${hub.apiKeys[caller]}`,
    'content-type': 'application/json',
  }
  const answer = await fetch(`${HUB_URL}${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return read(path, answer.status, await answer.text())
}

/** Somebody new, who has taken the place of the first password by their own. Returns that one. */
export async function makePerson(
  admin: Page,
  person: { userName: string; displayName: string; role: Role; storeIds?: string[] | undefined },
): Promise<string> {
  const { userName } = person
  const [first, own] = ['a long first password', `my own ${uuid()}`]
  await ask(admin, 'POST', '/v1/accounts', { ...person, password: first })
  const send = (path: string, body: object, cookie = '') =>
    fetch(`${HUB_URL}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-order-hub': '1', cookie },
      body: JSON.stringify(body),
    })
  const session = await send('/v1/session', { userName, password: first })
  const [cookie] = session.headers.getSetCookie()
  const changed = await send('/v1/session/password', { current: first, password: own }, cookie?.split(';')[0])
  read('/v1/session/password', changed.status, await changed.text())
  return own
}

function read(path: string, status: number, text: string): Json {
  if (status >= 400) throw new Error(`${path} was answered ${status}: ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

/** The shops of the demo at the platforms of the simulator. Again it changes nothing. */
export async function connectShops(): Promise<void> {
  const client = createHubClient({ api: HUB_URL, apiKeys: hub.apiKeys, accounts: hub.accounts })
  await seedShops(client, { simulator: SIMULATOR_URL, skuIds: ['SKU-0001'] })
}

/** A month of which each part has its own ups and downs: what a hub of an hour has no figures of. */
export async function measureMonth(): Promise<void> {
  const rows = new pg.Client({ connectionString: DATABASE_URL })
  await rows.connect()
  await rows.query(`
    insert into health_figure
      (grain, starts_at, component, channel, store_id, warehouse_id, measured, missed, outcomes, missed_outcomes)
    select 'day', (date_trunc('day', now() at time zone 'Asia/Shanghai') - day * interval '1 day') at time zone 'Asia/Shanghai',
      component, channel, store_id, warehouse_id, 900, missed, 900, missed
    from generate_series(0, 29) as day,
      (values ('syncTimeliness', 40, 'mall', 'ST-MALL-EAST', ''), ('syncTimeliness', 90, 'douyin', 'ST-DY-LIVE', ''),
        ('stockAccuracy', 30, '', '', 'WH-SH'), ('approvalCompletion', 70, 'mall', 'ST-MALL-EAST', ''),
        ('complaintRate', 6, 'mall', 'ST-MALL-EAST', ''), ('complaintRate', 9, 'douyin', 'ST-DY-LIVE', ''),
        ('onTimeFulfilment', 60, 'mall', 'ST-MALL-EAST', 'WH-SH')) as part (component, usual, channel, store_id, warehouse_id),
      lateral (select (usual * (1 + 0.5 * sin(day * 0.7 + usual) + day / 40.0))::int as missed) as sums
    on conflict do nothing`)
  await rows.end()
}

export type Placed = { orderId: string; amountCents: number }

/** An order of one article in the mall's eastern store. */
export async function placeOrder(
  change: { remark?: string; phone?: string; quantity?: number; unitPriceCents?: number } = {},
): Promise<Placed> {
  const { remark = '', phone = '13800138000', quantity = 1, unitPriceCents = 19_900 } = change
  const placed = await ask('mall', 'POST', '/v1/orders', {
    storeId: 'ST-MALL-EAST',
    channel: 'mall',
    contact: {
      name: '王小明',
      phone,
      divisionCode: '310115',
      address: '世纪大道100号',
      remark,
    },
    lines: [{ skuId: 'SKU-0001', quantity, unitPriceCents }],
  })
  return { orderId: String(placed.orderId), amountCents: Number(placed.amountCents) }
}

export async function pay({ orderId, amountCents }: Placed): Promise<void> {
  await ask('mall', 'POST', `/v1/orders/${orderId}/payments`, {
    paymentId: `PAY-${orderId}`,
    amountCents,
    method: 'wechat',
    paidAt: new Date().toISOString(),
  })
}

/** Has the outside world behave in another way. Returns how it behaved before, to be told again when that is over. */
export async function tellSimulator(behaviour: Json): Promise<Json> {
  const at = `${SIMULATOR_URL}/control/behaviour`
  const before: Json = await (await fetch(at)).json()
  const headers = { 'content-type': 'application/json' }
  await fetch(at, { method: 'POST', headers, body: JSON.stringify(behaviour) })
  return Object.fromEntries(Object.keys(behaviour).map((name) => [name, before[name]]))
}

export type Asked = { changeId: string; changeNumber: string; orderId: string }

/** A clerk's request for a lower price on an unpaid order, which the team lead decides. */
export async function askForDiscount(clerk: Page, reductionCents = 2_000): Promise<Asked> {
  const unitPriceCents = 19_900
  const order = await placeOrder({ unitPriceCents })
  const { version } = await ask(clerk, 'GET', `/v1/orders/${order.orderId}`)
  const change = await ask(clerk, 'POST', '/v1/change-requests', {
    orderId: order.orderId,
    orderVersion: version,
    change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: unitPriceCents - reductionCents }] },
    reasonCode: 'goodwill',
    reason: '客户反映包装破损，协商让利',
  })
  return {
    changeId: String(change.changeId),
    changeNumber: String(change.changeNumber),
    orderId: order.orderId,
  }
}

/** Waits until the API says so of a request. */
export async function untilChange(
  page: Page,
  changeId: string,
  isSo: (change: Json) => boolean,
): Promise<Json> {
  return vi.waitFor(
    async () => {
      const change = await ask(page, 'GET', `/v1/change-requests/${changeId}`)
      if (!isSo(change)) throw new Error(`the request is ${change.status}`)
      return change
    },
    { timeout: PATIENCE_MS, interval: LOOK_AGAIN_MS },
  )
}

/** What axe finds that keeps somebody from using the page, in a line each. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, html }) => `${id}: ${target.join(' ')} ${html.slice(0, 160)}`),
    )
}
