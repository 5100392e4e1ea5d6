import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  edgeOfDelivery,
  edgeOfWorkItem,
  type ItemNames,
  MANUAL_STEP_KINDS,
} from '../../domain/flow-manual-steps.ts'
import {
  edgeId,
  FLOWS,
  type Flow,
  type FlowConfiguration,
  type FlowEdge,
  flowEdgesOf,
  parseEdgeId,
  type SeenFlow,
  systemsOf,
} from '../../domain/flow-map.ts'
import { WORK_ITEM_KINDS } from '../../domain/order.ts'

const NOTHING: FlowConfiguration = {
  shops: [],
  stores: [],
  warehouseSystems: [],
  subscriptions: [],
  courierPushSources: [],
  couriers: [],
  statementsOf: [],
  messageWays: [],
  hasErp: false,
  sendsAlerts: false,
  sendsCards: false,
}
const SHOP = {
  shopId: 'DY-1',
  channel: 'doudian',
  pushTargetSeconds: 60,
  pullTargetSeconds: 300,
  pullIntervalSeconds: 30,
}
const key = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,20}$/)
const seen: fc.Arbitrary<SeenFlow[]> = fc.array(
  fc.record({ flow: fc.constantFrom(...FLOWS), key, channel: fc.option(fc.constant('doudian')) }),
  { maxLength: 30 },
)

describe('the map', () => {
  test('of a hub that is connected with nothing holds what every hub has: devices, payments and its own messages', () => {
    const edges = flowEdgesOf(NOTHING, [])
    expect(edges.map(({ id }) => id)).toEqual([
      'messages:checkout',
      'messages:payments',
      'messages:pda',
      'pick_tasks_out:',
      'refunds_out:',
    ])
    expect(systemsOf(edges).map(({ id }) => id)).toEqual([
      'hub',
      'workflows',
      'warehouse_devices',
      'payments',
    ])
  })

  test('is drawn from the configuration: each shop with its pushes, pulls and waybills, at the system of its channel', () => {
    const edges = flowEdgesOf({ ...NOTHING, shops: [SHOP, { ...SHOP, shopId: 'DY-2' }] }, [])
    const ofShops = edges.filter(({ key: name }) => name.startsWith('DY-'))
    expect(ofShops.map(({ id, from, to }) => [id, from, to])).toEqual([
      ['orders_pushed:DY-1', 'channel:doudian', 'hub'],
      ['orders_pushed:DY-2', 'channel:doudian', 'hub'],
      ['orders_pulled:DY-1', 'channel:doudian', 'hub'],
      ['orders_pulled:DY-2', 'channel:doudian', 'hub'],
      ['waybills_out:DY-1', 'hub', 'channel:doudian'],
      ['waybills_out:DY-2', 'hub', 'channel:doudian'],
    ])
    expect(ofShops[0]).toMatchObject({ ageTargetSeconds: 60, intervalSeconds: null, isConfigured: true })
    expect(ofShops[2]).toMatchObject({ ageTargetSeconds: 300, intervalSeconds: 30, isConfigured: true })
  })

  test('has finance and CRM where they are asked what they say, once a day, and purchases where there is an ERP', () => {
    const edges = flowEdgesOf({ ...NOTHING, statementsOf: ['finance', 'crm'], hasErp: true }, [])
    expect(
      edges.flatMap(({ flow, from, to, intervalSeconds }) =>
        flow === 'statements_in' || flow === 'purchases_out' ? [[flow, from, to, intervalSeconds]] : [],
      ),
    ).toEqual([
      ['purchases_out', 'hub', 'erp', null],
      ['statements_in', 'crm', 'hub', 86_400],
      ['statements_in', 'finance', 'hub', 86_400],
    ])
  })

  test.each<[string, Partial<FlowConfiguration>, Partial<FlowEdge>[]]>([
    [
      'stores that are told what to show',
      {
        stores: [
          { storeId: 'MALL', channel: 'doudian' },
          { storeId: 'OUTLET', channel: 'tmall' },
        ],
      },
      [
        { id: 'stock_out:MALL', from: 'hub', to: 'channel:doudian', intervalSeconds: null },
        { id: 'stock_out:OUTLET', from: 'hub', to: 'channel:tmall', intervalSeconds: null },
      ],
    ],
    [
      'warehouses whose own system is read',
      { warehouseSystems: [{ warehouseId: 'WH-HZ', intervalSeconds: 600 }] },
      [{ id: 'stock_in:WH-HZ', from: 'warehouse_system:WH-HZ', to: 'hub', intervalSeconds: 600 }],
    ],
    [
      'subscriptions',
      { subscriptions: [{ subscriptionId: 'S-1', name: 'Data warehouse' }] },
      [{ id: 'events_out:S-1', from: 'hub', to: 'subscriber:S-1', title: 'Data warehouse' }],
    ],
    [
      'couriers with parcels under way',
      { couriers: [{ courier: 'sf', intervalSeconds: 1_800 }] },
      [{ id: 'courier_polls:sf', from: 'courier:sf', to: 'hub', intervalSeconds: 1_800 }],
    ],
    [
      'couriers that push',
      { courierPushSources: ['kuaidi100'] },
      [{ id: 'courier_pushes:kuaidi100', from: 'courier:kuaidi100', to: 'hub', intervalSeconds: null }],
    ],
    [
      'ways to customers',
      { messageWays: ['sms'] },
      [{ id: 'customer_messages:sms', from: 'hub', to: 'message_provider:sms' }],
    ],
    ['alerts', { sendsAlerts: true }, [{ id: 'alerts_out:', from: 'hub', to: 'wecom' }]],
    ['cards', { sendsCards: true }, [{ id: 'cards_out:', from: 'hub', to: 'wecom' }]],
    [
      'an ERP',
      { hasErp: true },
      [
        { id: 'erp_out:', from: 'workflows', to: 'erp' },
        { id: 'purchases_out:', from: 'hub', to: 'erp' },
      ],
    ],
  ])('has for %s just their edges more than a hub without', (_, change, expected) => {
    const without = flowEdgesOf(NOTHING, [])
    const edges = flowEdgesOf({ ...NOTHING, ...change }, [])
    const ids = new Set(without.map(({ id }) => id))
    expect(edges.filter(({ id }) => ids.has(id))).toEqual(without)
    expect(edges.filter(({ id }) => !ids.has(id))).toEqual(
      expected.map((edge) => expect.objectContaining({ ...edge, isConfigured: true })),
    )
  })

  test('has no pushes of a platform that pushes nothing', () => {
    const shops = [{ ...SHOP, pushTargetSeconds: null }]
    expect(flowEdgesOf({ ...NOTHING, shops }, []).map(({ flow }) => flow)).not.toContain('orders_pushed')
  })

  test('shows what still flows although nothing in the configuration asks for it, and says so', () => {
    const edges = flowEdgesOf(NOTHING, [{ flow: 'orders_pushed', key: 'DY-9', channel: 'doudian' }])
    expect(edges[0]).toMatchObject({ id: 'orders_pushed:DY-9', from: 'channel:doudian', isConfigured: false })
  })

  test('has each edge once, the configured one before the one that was only seen, whatever was seen', () => {
    fc.assert(
      fc.property(seen, (flows) => {
        const configuration = { ...NOTHING, shops: [SHOP], hasErp: true }
        const edges = flowEdgesOf(configuration, flows)
        const ids = edges.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const { flow, key: name } of flows) expect(ids).toContain(edgeId(flow, name))
        for (const { id } of flowEdgesOf(configuration, [])) {
          expect(edges.find((edge) => edge.id === id)).toMatchObject({ isConfigured: true })
        }
        // The same, in whatever order it was seen.
        const ends = (all: typeof edges) => all.map(({ id }) => id)
        expect(ends(flowEdgesOf(configuration, flows.toReversed()))).toEqual(ids)
      }),
    )
  })

  test('has both ends of every edge among its systems', () => {
    fc.assert(
      fc.property(seen, (flows) => {
        const edges = flowEdgesOf(NOTHING, flows)
        const systems = new Set(systemsOf(edges).map(({ id }) => id))
        for (const { from, to } of edges) expect([systems.has(from), systems.has(to)]).toEqual([true, true])
      }),
    )
  })
})

describe('the id of an edge', () => {
  test('tells flow and key again, colons in the key included', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FLOWS), fc.oneof(key, fc.constant('')), (flow: Flow, name) => {
        expect(parseEdgeId(edgeId(flow, name))).toEqual({ flow, key: name })
      }),
    )
  })

  test.each(['', 'orders_pushed', 'teleport:DY-1', ':DY-1'])('is not %j', (id) => {
    expect(parseEdgeId(id)).toBeNull()
  })
})

const NO_NAMES: ItemNames = {
  shopId: null,
  storeId: null,
  warehouseId: null,
  subscriptionId: null,
  counterpart: null,
  courier: null,
  source: null,
  isCourierPush: false,
  way: null,
  deliveryKind: null,
  deliveryTarget: null,
}

describe('a step by hand', () => {
  test.each<[string, Parameters<typeof edgeOfWorkItem>[0], Partial<ItemNames>, string | null]>([
    ['a held order is the shop’s', 'channel_order_held', { shopId: 'DY-1' }, 'orders_pulled:DY-1'],
    ['a message that was set aside is its sender’s', 'message_set_aside', { source: 'pda' }, 'messages:pda'],
    [
      'a courier’s push that was set aside is the courier’s',
      'message_set_aside',
      { source: 'kuaidi100', isCourierPush: true },
      'courier_pushes:kuaidi100',
    ],
    [
      'a waybill that a platform did not take is the shop’s',
      'delivery_failed',
      { deliveryKind: 'channel_ship', deliveryTarget: 'doudian', shopId: 'DY-1' },
      'waybills_out:DY-1',
    ],
    [
      'a pick task that gave up is the devices’',
      'delivery_failed',
      { deliveryTarget: 'pda' },
      'pick_tasks_out:',
    ],
    ['an item that does not say whose it is is nobody’s', 'wms_unreachable', {}, null],
    ['a purchase that the ERP refused is on its way there', 'purchase_refused', {}, 'purchases_out:'],
    [
      'what finance says otherwise is finance’s',
      'reconciliation_differences',
      { counterpart: 'finance' },
      'statements_in:finance',
    ],
    ['a lost parcel is no flow’s', 'parcel_lost', { courier: 'sf' }, null],
  ])('%s', (_, kind, names, expected) => {
    expect(edgeOfWorkItem(kind, { ...NO_NAMES, ...names })).toBe(expected)
  })

  test('belongs to an edge of the map for every kind that may be one', () => {
    const names = Object.fromEntries(Object.keys(NO_NAMES).map((name) => [name, 'X']))
    const all: ItemNames = {
      ...NO_NAMES,
      ...names,
      isCourierPush: false,
      deliveryTarget: 'pda',
      deliveryKind: null,
    }
    for (const kind of WORK_ITEM_KINDS) {
      const id = edgeOfWorkItem(kind, all)
      expect(id !== null).toBe(MANUAL_STEP_KINDS.includes(kind))
      if (id !== null) expect(parseEdgeId(id)).not.toBeNull()
    }
  })

  test('a delivery to a system that no edge stands for is on no map', () => {
    const names = { deliveryKind: 'pigeon', deliveryTarget: 'loft', shopId: null, storeId: null }
    expect(edgeOfDelivery(names)).toBeNull()
  })
})
