import { assertNever } from './assert-never.ts'

/** What flows between the hub and the systems around it; what each means: docs/data-flow.md. */
export const FLOWS = [
  'orders_pushed',
  'orders_pulled',
  'messages',
  'stock_in',
  'courier_pushes',
  'courier_polls',
  'waybills_out',
  'stock_out',
  'pick_tasks_out',
  'refunds_out',
  'erp_out',
  'purchases_out',
  'statements_in',
  'customer_messages',
  'alerts_out',
  'cards_out',
  'events_out',
] as const
export type Flow = (typeof FLOWS)[number]

/** What a system is to the hub. `workflows` are those of the orders, in Temporal. */
export const SYSTEM_KINDS = [
  'hub',
  'workflows',
  'channel',
  'warehouse_devices',
  'warehouse_system',
  'courier',
  'payments',
  'erp',
  'finance',
  'crm',
  'message_provider',
  'wecom',
  'subscriber',
] as const
export type SystemKind = (typeof SYSTEM_KINDS)[number]

/** A system of the map; of a kind that there is only one of, the key is empty. */
type FlowSystem = { id: string; kind: SystemKind; key: string }

/** One flow between two systems, such as what one shop pushes. Seconds are null where nothing runs by the clock. */
export type FlowEdge = {
  /** `flow:key`. */
  id: string
  flow: Flow
  /** Whose it is: a shop, a store, a warehouse, a courier, a subscription …; empty where there is only one. */
  key: string
  from: string
  to: string
  /** What people call it, where that is not the key. */
  title: string | null
  /** How often it is expected to succeed. */
  intervalSeconds: number | null
  /** How old what it brings may be. */
  ageTargetSeconds: number | null
  /** False: there is traffic of it, but nothing in the configuration says that there should be. */
  isConfigured: boolean
}

/** Whose statements the hub is compared with, and which are on the map for nothing else. */
export const STATEMENT_GIVERS = ['finance', 'crm'] as const
export type StatementGiver = (typeof STATEMENT_GIVERS)[number]
/** A comparison is asked for once a day. */
const STATEMENT_SECONDS = 86_400

/** What the hub is connected with, as configuration and master data say. */
export type FlowConfiguration = {
  shops: readonly {
    shopId: string
    channel: string
    /** Null where its platform pushes nothing. */
    pushTargetSeconds: number | null
    pullTargetSeconds: number
    pullIntervalSeconds: number
  }[]
  /** Stores that are told what to show. */
  stores: readonly { storeId: string; channel: string }[]
  /** Warehouses whose own system is read. */
  warehouseSystems: readonly { warehouseId: string; intervalSeconds: number }[]
  subscriptions: readonly { subscriptionId: string; name: string }[]
  /** Who pushes news of parcels. */
  courierPushSources: readonly string[]
  /** Couriers that have parcels under way, and how long each parcel is left alone. */
  couriers: readonly { courier: string; intervalSeconds: number }[]
  /** Who is asked what it says of a day's business, beside those that other flows come from or go to. */
  statementsOf: readonly StatementGiver[]
  messageWays: readonly string[]
  hasErp: boolean
  sendsAlerts: boolean
  sendsCards: boolean
}

/** A flow that there was traffic of; `channel` is that of its shop or store, if it has one. */
export type SeenFlow = { flow: Flow; key: string; channel: string | null }

const HUB = 'hub'
const WORKFLOWS = 'workflows'

export function edgeId(flow: Flow, key: string): string {
  return `${flow}:${key}`
}

/** The other way round; null for what is no edge. */
export function parseEdgeId(id: string): { flow: Flow; key: string } | null {
  const [name = '', ...rest] = id.split(':')
  const flow = FLOWS.find((each) => each === name)
  return flow && rest.length > 0 ? { flow, key: rest.join(':') } : null
}

/**
 * The edges of the map: what the configuration asks for, and what is not configured any more but still flows. Each is
 * there once; the order is that of `FLOWS`, then of the keys.
 */
export function flowEdgesOf(configuration: FlowConfiguration, seen: readonly SeenFlow[]): FlowEdge[] {
  const edges = new Map<string, FlowEdge>()
  for (const edge of configuredEdges(configuration)) edges.set(edge.id, edge)
  for (const { flow, key, channel } of seen) {
    // What people, couriers' news and platforms send to orders is nobody's to configure.
    const edge = newEdge(flow, key, { channel, isConfigured: flow === 'messages' })
    if (!edges.has(edge.id)) edges.set(edge.id, edge)
  }
  return [...edges.values()].sort(
    (a, b) => FLOWS.indexOf(a.flow) - FLOWS.indexOf(b.flow) || byText(a.key, b.key),
  )
}

/** The systems that edges lie between, the hub first. */
export function systemsOf(edges: readonly Pick<FlowEdge, 'from' | 'to'>[]): FlowSystem[] {
  const ids = new Set([HUB, ...edges.flatMap(({ from, to }) => [from, to])])
  return [...ids]
    .flatMap((id) => {
      const [name = '', ...rest] = id.split(':')
      const kind = SYSTEM_KINDS.find((each) => each === name)
      return kind ? [{ id, kind, key: rest.join(':') }] : []
    })
    .sort((a, b) => SYSTEM_KINDS.indexOf(a.kind) - SYSTEM_KINDS.indexOf(b.kind) || byText(a.key, b.key))
}

function configuredEdges(configuration: FlowConfiguration): FlowEdge[] {
  const { shops, stores, warehouseSystems, subscriptions, couriers, courierPushSources } = configuration
  const edge = (flow: Flow, key: string, more: Partial<EdgeDetails> = {}) =>
    newEdge(flow, key, { isConfigured: true, ...more })
  return [
    ...shops.flatMap(({ shopId, channel, ...feed }) => [
      ...(feed.pushTargetSeconds === null
        ? []
        : [edge('orders_pushed', shopId, { channel, ageTargetSeconds: feed.pushTargetSeconds })]),
      edge('orders_pulled', shopId, {
        channel,
        intervalSeconds: feed.pullIntervalSeconds,
        ageTargetSeconds: feed.pullTargetSeconds,
      }),
      edge('waybills_out', shopId, { channel }),
    ]),
    ...stores.map(({ storeId, channel }) => edge('stock_out', storeId, { channel })),
    ...warehouseSystems.map(({ warehouseId, intervalSeconds }) =>
      edge('stock_in', warehouseId, { intervalSeconds }),
    ),
    ...couriers.map(({ courier, intervalSeconds }) => edge('courier_polls', courier, { intervalSeconds })),
    ...courierPushSources.map((source) => edge('courier_pushes', source)),
    ...subscriptions.map(({ subscriptionId, name }) => edge('events_out', subscriptionId, { title: name })),
    ...configuration.messageWays.map((way) => edge('customer_messages', way)),
    ...OWN_MESSAGES.map((source) => edge('messages', source)),
    edge('pick_tasks_out', ''),
    edge('refunds_out', ''),
    ...configuration.statementsOf.map((giver) =>
      edge('statements_in', giver, { intervalSeconds: STATEMENT_SECONDS }),
    ),
    ...(configuration.hasErp ? [edge('erp_out', ''), edge('purchases_out', '')] : []),
    ...(configuration.sendsAlerts ? [edge('alerts_out', '')] : []),
    ...(configuration.sendsCards ? [edge('cards_out', '')] : []),
  ]
}

/** Whose messages every hub takes to its orders. */
const OWN_MESSAGES = ['checkout', 'payments', 'pda'] as const

type EdgeDetails = Pick<FlowEdge, 'title' | 'intervalSeconds' | 'ageTargetSeconds' | 'isConfigured'> & {
  channel: string | null
}

function newEdge(flow: Flow, key: string, details: Partial<EdgeDetails>): FlowEdge {
  const { channel = null, ...more } = details
  return {
    id: edgeId(flow, key),
    flow,
    key,
    ...endsOf(flow, key, channel),
    title: null,
    intervalSeconds: null,
    ageTargetSeconds: null,
    isConfigured: false,
    ...more,
  }
}

function endsOf(flow: Flow, key: string, channel: string | null): { from: string; to: string } {
  const shop = `channel:${channel ?? 'unknown'}`
  switch (flow) {
    case 'orders_pushed':
    case 'orders_pulled':
      return { from: shop, to: HUB }
    case 'waybills_out':
    case 'stock_out':
      return { from: HUB, to: shop }
    case 'messages':
      return { from: senderOf(key, channel), to: WORKFLOWS }
    case 'stock_in':
      return { from: `warehouse_system:${key}`, to: HUB }
    case 'courier_pushes':
    case 'courier_polls':
      return { from: `courier:${key}`, to: HUB }
    case 'pick_tasks_out':
      return { from: HUB, to: 'warehouse_devices' }
    case 'refunds_out':
      return { from: WORKFLOWS, to: 'payments' }
    case 'erp_out':
      return { from: WORKFLOWS, to: 'erp' }
    case 'purchases_out':
      return { from: HUB, to: 'erp' }
    case 'statements_in':
      return { from: key === 'crm' ? 'crm' : 'finance', to: HUB }
    case 'customer_messages':
      return { from: HUB, to: `message_provider:${key}` }
    case 'alerts_out':
    case 'cards_out':
      return { from: HUB, to: 'wecom' }
    case 'events_out':
      return { from: HUB, to: `subscriber:${key}` }
    default:
      return assertNever(flow)
  }
}

/** Who a message to an order's workflow comes from: what the hub makes itself comes from the hub. */
function senderOf(source: string, channel: string | null): string {
  if (source === 'payments') return 'payments'
  if (source === 'pda') return 'warehouse_devices'
  return channel === null ? HUB : `channel:${channel}`
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
