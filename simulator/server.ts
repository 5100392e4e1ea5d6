import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type BehaviourChange, behaviourBody, type Mode, type System } from './behaviour.ts'
import { type Effects, refundBody } from './effects.ts'
import { SimulatedErp } from './erp/index.ts'
import { type Answer, type Call, createJsonServer, listen, refusal, withBody } from './http.ts'
import { COURIER, pdaMessage, WISHES } from './picking.ts'
import { appSecretOf, SIMULATOR_SEED } from './platforms/accounts.ts'
import { COURIER_ACCOUNTS, type CourierAccounts } from './platforms/courier-accounts.ts'
import { createPlatforms, type PlatformOptions } from './platforms/index.ts'
import { Market } from './platforms/market.ts'
import { createMarketControl } from './platforms/market-control.ts'
import { Mischief, type MischiefRates, mischiefBody } from './platforms/mischief.ts'
import { oidcAccountOf } from './platforms/oidc/account.ts'
import type { OutsidePlatform } from './platforms/platform.ts'
import { wecomAccountOf } from './platforms/wecom/account.ts'
import { listingChange } from './shelf.ts'
import { isSigned } from './signature.ts'
import type { Statement } from './statement.ts'
import {
  type AfterSaleLine,
  type BilledParcel,
  type CustomerLine,
  createAfterSaleStatement,
  createBillStatement,
  createCustomerStatement,
  createFinanceStatement,
  type SettledLine,
} from './statements.ts'
import { FATES, type Scan, scan } from './story.ts'
import { type Wish, World } from './world.ts'

export type SimulatorOptions = {
  /** 0, the default, takes any free port. */
  port?: number
  host?: string
  /** The hub signs its calls with it. */
  secret: string
  seed?: string
  /** Remembers everything over a restart. */
  stateFile?: string
  /** With it the warehouse works its tasks by itself and reports to this API. */
  warehouse?: { hubApi: string; apiKey: string }
  /** A MySQL or MariaDB server for the warehouses' own stock systems; needs `warehouse`, too. */
  wms?: { url: string; readerPassword: string }
  /** Where platforms push to; without it they push nothing over HTTP. */
  hubApi?: string
  /** What ends the address that SMS providers report to. */
  smsReportSecret?: string
  /** After how long platforms send a message again that was not confirmed. */
  redeliverAfterMs?: number
  /** Who takes the warehouses' parcels, by the hub's codes; by default the courier of the gateway alone. */
  couriers?: readonly string[]
  /** What the hub calls Kuaidi100 and SF with. */
  courierAccounts?: Partial<CourierAccounts>
  /** What the merchant's WeCom account is made from; by default the seed. */
  wecomSecret?: string
  /** The same for the company's sign-in. */
  oidcSecret?: string
  /** How soon Kuaidi100 sees and repeats what the real one takes hours for. */
  courierPushes?: { lookEveryMs: number; retryAfterMs: number }
  /** Platforms beside those that every hub knows. */
  morePlatforms?: (options: PlatformOptions) => OutsidePlatform[]
  /** What the hub signs its calls to the ERP with; without it, it follows from the seed. */
  erpSecret?: string
  /** The same for the finance system. */
  financeSecret?: string
  crmSecret?: string
  /** From a task's arrival to the packed parcel, on average. */
  pickingSeconds?: number
  /** From the packed parcel to its delivery, on average. */
  deliverySeconds?: number
  /** How long a `slow` system thinks. */
  slowMs?: number
  now?: () => number
  log?: (line: string) => void
}

export type Simulator = {
  url: string
  /** Everything that the hub has made happen, with how often it asked and how often it took effect. */
  effects: () => Effects
  behave: (change: BehaviourChange) => void
  /** From now on the courier shows exactly these scans of a parcel. */
  script: (waybillNumber: string, scans: Scan[]) => void
  /** How an order’s tasks are to be worked, and what is to become of its parcels. */
  wish: (wish: Wish) => void
  /** What buyers ordered on the platforms. */
  market: Market
  /** What goes wrong at a platform from now on. */
  mischief: (platform: string, rates: MischiefRates) => void
  /** Pushes of a platform that the hub has not acknowledged so far. */
  pendingPushes: (platform: string) => number
  /** What a provider has carried to people. */
  messages: (platform: string) => readonly object[]
  /** The merchant's ERP: its books, and how it behaves. */
  erp: SimulatedErp
  /** What providers have settled, and what couriers bill: on record elsewhere, and wrong where a test wants it. */
  finance: Statement<SettledLine>
  bills: Statement<BilledParcel>
  /** What the CRM knows. */
  crm: { orders: Statement<CustomerLine>; afterSales: Statement<AfterSaleLine> }
  close: () => Promise<void>
}

const wishBody = z.strictObject({
  orderId: z.string().min(1),
  pick: z.enum(WISHES).optional(),
  parcel: z.enum(FATES).optional(),
})
const scriptBody = z.strictObject({
  waybillNumber: z.string().min(1).max(128),
  scans: z.array(scan).max(500),
})

/**
 * Starts the outside world of the hub: payment provider, PDA gateway of the warehouses, courier, own mall, and `/control` for
 * whoever directs the play.
 *
 * @example
 * const simulator = await startSimulator({ secret })
 * simulator.behave({ next: { payment: ['timeout-after-applying'] } })
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const {
    port = 0,
    host = '127.0.0.1',
    seed = SIMULATOR_SEED,
    pickingSeconds = 4,
    deliverySeconds = 12,
  } = options
  const { now = Date.now, log = () => undefined } = options
  const { stateFile, warehouse, wms, couriers = [COURIER] } = options
  const world = new World({
    seed,
    pace: { pickingSeconds, deliverySeconds },
    now,
    log,
    couriers,
    ...(stateFile === undefined ? {} : { stateFile }),
    ...(warehouse === undefined ? {} : { warehouse }),
    ...(wms === undefined ? {} : { wms }),
  })
  const { secret, slowMs = 3_000 } = options
  const market = new Market(now)
  const mischiefs = new Map<string, Mischief>()
  const mischiefOf = (name: string) => {
    const known = mischiefs.get(name) ?? new Mischief(seed, name)
    mischiefs.set(name, known)
    return known
  }
  const platformOptions: PlatformOptions = {
    market,
    mischiefOf,
    seed,
    now,
    log,
    parcel: (waybillNumber) => world.parcel(waybillNumber),
    courierAccounts: { ...COURIER_ACCOUNTS, ...options.courierAccounts },
    wecomAccount: wecomAccountOf(options.wecomSecret ?? seed),
    oidcAccount: oidcAccountOf(options.oidcSecret ?? seed),
    ...(options.courierPushes ? { courierPushes: options.courierPushes } : {}),
    ...(options.hubApi ? { hubApi: options.hubApi } : {}),
    ...(options.smsReportSecret ? { smsReportSecret: options.smsReportSecret } : {}),
    ...(options.redeliverAfterMs ? { redeliverAfterMs: options.redeliverAfterMs } : {}),
  }
  const more = options.morePlatforms?.(platformOptions) ?? []
  const platforms = new Map(
    [...createPlatforms(platformOptions), ...more].map((platform) => [platform.name, platform]),
  )
  const buyers = createMarketControl(market)
  const erp = new SimulatedErp({
    seed,
    now,
    ...(options.erpSecret === undefined ? {} : { secret: options.erpSecret }),
    ...(stateFile === undefined ? {} : { file: `${stateFile}.erp` }),
  })
  const { financeSecret = appSecretOf(seed, 'finance', 'hub') } = options
  const finance = createFinanceStatement({ secret: financeSecret, now })
  const bills = createBillStatement({ secret, now })
  const { crmSecret = appSecretOf(seed, 'crm', 'hub') } = options
  const crm = {
    orders: createCustomerStatement({ secret: crmSecret, now }),
    afterSales: createAfterSaleStatement({ secret: crmSecret, now }),
  }
  const stage = {
    world,
    secret,
    slowMs,
    couriers,
    now,
    buyers,
    mischiefOf,
    platforms,
    erp,
    finance,
    bills,
    crm,
  }
  const server = createJsonServer((call) => route(stage, call), log)
  server.on('upgrade', (request, socket, head) => {
    const platform = platforms.get(request.url?.split('/')[1] ?? '')
    if (platform?.upgrade) platform.upgrade(request, socket, head)
    else socket.destroy()
  })
  const listening = await listen(server, host, port)
  return {
    url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${listening}`,
    effects: () => world.effects(),
    behave: (change) => world.behave(change),
    script: (waybillNumber, scans) => world.script(waybillNumber, scans),
    wish: (wish) => world.wish(wish),
    market,
    mischief: (platform, rates) => mischiefOf(platform).change(rates),
    pendingPushes: (platform) => platforms.get(platform)?.pendingPushes?.() ?? 0,
    messages: (platform) => platforms.get(platform)?.messages?.() ?? [],
    erp,
    finance,
    bills,
    crm,
    close: async () => {
      buyers.stop()
      await Promise.all([...platforms.values()].map((platform) => platform.close()))
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
      await world.close()
    },
  }
}

type Stage = {
  world: World
  secret: string
  slowMs: number
  couriers: readonly string[]
  now: () => number
  buyers: ReturnType<typeof createMarketControl>
  mischiefOf: (platform: string) => Mischief
  platforms: ReadonlyMap<string, OutsidePlatform>
  erp: SimulatedErp
  finance: Statement<SettledLine>
  bills: Statement<BilledParcel>
  crm: Simulator['crm']
}

const nothingHere = refusal(404, 'there is no such thing here')

function route(stage: Stage, call: Call): Answer | Promise<Answer> {
  const [area] = call.segments
  if (area === 'healthz') return { status: 200, body: { status: 'ok' } }
  if (area === 'control') return call.isFromLoopback ? control(stage, call) : nothingHere
  if (stage.erp.hasDoor(area)) return stage.erp.answer(call)
  const place = call.segments.join('/')
  if (place === 'finance/settlement-lines') return stage.finance.answer(call)
  if (place === 'crm/orders') return stage.crm.orders.answer(call)
  if (place === 'crm/after-sales') return stage.crm.afterSales.answer(call)
  if (place === 'courier/bills') return stage.bills.answer(call)
  const platform = stage.platforms.get(area ?? '')
  // What the mall's stores show is told it in the way of the outside's other systems, below.
  const isListing = area === 'mall' && call.segments[1] === 'listings'
  if (platform && !isListing) return platform.answer(call)
  const { method, path, body } = call
  const timestamp = call.header('x-hub-timestamp')
  const signature = call.header('x-hub-signature')
  if (!isSigned({ method, path, body, timestamp, signature }, stage.secret, stage.now())) {
    return refusal(401, 'the signature is missing, wrong or too old')
  }
  switch (`${method} /${call.segments.slice(0, 2).join('/')}`) {
    case 'POST /payment/refunds':
      return withBody(call, refundBody, (refund) =>
        perform(
          stage,
          'payment',
          call,
          (key, isWilling) => stage.world.refund(key, refund, isWilling),
          () => ({
            refundId: refund.refundId,
            state: 'done',
          }),
        ),
      )
    case 'POST /pda/messages':
      return withBody(call, pdaMessage, (message) =>
        perform(
          stage,
          'pda',
          call,
          (key, isWilling) => stage.world.message(key, message, isWilling),
          () => ({
            pickTaskId: message.pickTaskId,
            state: 'received',
          }),
        ),
      )
    case 'POST /mall/listings':
      return withBody(call, listingChange, (change) =>
        perform(
          stage,
          'mall',
          call,
          (key, isWilling) => stage.world.showListing(key, change, isWilling),
          () => shown(stage.world, change),
        ),
      )
    default:
      return method === 'GET' && area === 'courier' ? track(stage, call) : nothingHere
  }
}

/** Carries out what an idempotency key stands for, in the mood that the system is in. */
async function perform(
  { world, slowMs }: Stage,
  system: System,
  call: Call,
  effect: (key: string, isWilling: boolean) => 'applied' | 'repeated' | 'conflict' | 'unwilling',
  done: () => object,
): Promise<Answer> {
  const key = call.header('idempotency-key')
  if (!key) return refusal(400, 'an Idempotency-Key header is required')
  const mode = world.behaviour.take(system)
  const outcome = effect(key, mode !== 'down' && mode !== 'refuse')
  if (outcome === 'conflict') return refusal(409, 'this Idempotency-Key was used with another body')
  return inMode(mode, slowMs, { status: 200, body: outcome === 'unwilling' ? {} : done() })
}

/** What the mall answers to a change: what it shows now, which may be a later version. */
function shown(world: World, { storeId, skuId }: { storeId: string; skuId: string }): object {
  const listing = world.shownListing({ storeId, skuId })
  if (!listing) throw new Error('a change was taken that shows nowhere')
  const { version, quantity, shownAtMs } = listing
  return { storeId, skuId, version, quantity, at: new Date(shownAtMs).toISOString() }
}

async function inMode(mode: Mode, slowMs: number, answer: Answer): Promise<Answer> {
  switch (mode) {
    case 'ok':
      return answer
    case 'down':
      return refusal(503, 'out of order for the moment')
    case 'refuse':
      return refusal(422, 'refused')
    case 'slow':
      await delay(slowMs, undefined, { ref: false })
      return answer
    case 'timeout-after-applying':
      return 'hang-up'
  }
}

/** `GET /courier/{courier}/waybills/{number}` */
function track({ world, slowMs, couriers }: Stage, { segments }: Call): Answer | Promise<Answer> {
  const [, courier, what, waybillNumber] = segments
  if (what !== 'waybills' || !waybillNumber || segments.length !== 4) return nothingHere
  if (!couriers.includes(courier ?? '')) return refusal(404, `there is no courier ${courier}`)
  const mode = world.behaviour.take('courier')
  const scans = world.scans(waybillNumber)
  if (scans === 'unreachable') return refusal(503, 'the courier does not answer')
  return inMode(mode, slowMs, { status: 200, body: { scans } })
}

/** For tests and the demo: how the outside behaves from now on, and what has happened so far. */
function control(stage: Stage, call: Call): Answer | Promise<Answer> {
  const { world, buyers, mischiefOf, platforms, erp, finance, bills, crm } = stage
  const ok: Answer = { status: 200, body: { ok: true } }
  switch (`${call.method} /${call.segments.join('/')}`) {
    case 'GET /control/effects':
      return { status: 200, body: world.effects() }
    case 'GET /control/behaviour':
      return { status: 200, body: world.behaviour.describe() }
    case 'POST /control/behaviour':
      return withBody(call, behaviourBody, (change) => {
        world.behave(change)
        return { status: 200, body: world.behaviour.describe() }
      })
    case 'POST /control/parcels':
      return withBody(call, scriptBody, ({ waybillNumber, scans }) => {
        world.script(waybillNumber, scans)
        return ok
      })
    case 'POST /control/orders':
      return withBody(call, wishBody, (wish) => {
        world.wish(wish)
        return ok
      })
    default:
      break
  }
  const [, area, name = '', what] = call.segments
  if (area === 'market') return buyers.answer(call)
  if (area === 'erp') return erp.control(call)
  if (area === 'finance') return finance.control(call)
  if (area === 'bills') return bills.control(call)
  if (area === 'crm' && name === 'orders') return crm.orders.control(call)
  if (area === 'crm' && name === 'after-sales') return crm.afterSales.control(call)
  if (area === 'platforms' && what === 'pending' && call.method === 'GET' && platforms.has(name)) {
    const pending = platforms.get(name)?.pendingPushes?.() ?? 0
    return { status: 200, body: { pending, ...mischiefOf(name).counts() } }
  }
  if (area === 'platforms' && what === 'messages' && call.method === 'GET' && platforms.has(name)) {
    return { status: 200, body: { messages: platforms.get(name)?.messages?.() ?? [] } }
  }
  if (area === 'platforms' && what === 'mischief' && platforms.has(name)) {
    return withBody(call, mischiefBody, (rates) => {
      mischiefOf(name).change(rates)
      return { status: 200, body: mischiefOf(name).rates }
    })
  }
  const own = area === 'platforms' && what ? platforms.get(name)?.control?.(call, what) : null
  return own ?? nothingHere
}
