import { describe, expect, test } from 'vitest'
import type { AllocationInput, Demand } from '../../domain/allocation.ts'
import type { AllocationPolicy } from '../../domain/allocation-policy.ts'
import { describeAllocation } from '../../domain/allocation-text.ts'
import { HERE, type NearLevel, planOver } from '../support/allocation.ts'

const NAMES: Record<string, string> = { HZ: '杭州仓', SH: '上海仓', GZ: '广州仓' }
const NOWHERE = { ...HERE, point: null, problem: 'province-only' as const }

/** Demand of one unit each of SKUs `1`, `2`, …, or of as many units as told. */
const demandOf = (...quantities: number[]): Demand[] =>
  quantities.map((quantity, index) => ({ lineNumber: index + 1, skuId: `SKU-${index + 1}`, quantity }))
/** What a warehouse has of SKUs `1`, `2`, … */
const keeps = (warehouseId: string, kilometres: number, units: number[], safetyStock = 0): NearLevel[] =>
  units.map((available, index) => ({
    skuId: `SKU-${index + 1}`,
    warehouseId,
    kilometres,
    available,
    safetyStock,
  }))

function explain(
  demand: Demand[],
  levels: NearLevel[][],
  policy: Partial<AllocationPolicy> = {},
  rest: Partial<AllocationInput> = {},
) {
  const plan = planOver(demand, levels.flat(), policy, rest)
  if (!plan.ok) throw new Error(`short: ${JSON.stringify(plan.shortages)}`)
  return describeAllocation(plan.explanation, (id) => NAMES[id] ?? id)
}

describe('why an order comes from where it comes from', () => {
  test.each<[string, ReturnType<typeof explain>, { zh: string; en: string }]>([
    [
      'the nearer one lacks something',
      explain(demandOf(1, 1, 1), [keeps('HZ', 168, [5, 5, 5]), keeps('SH', 156, [5, 5, 0])]),
      {
        zh: '杭州仓：168 公里，三种都有；上海仓近 12 公里，但缺 SKU-3。',
        en: '杭州仓: 168 km, has all three; 上海仓 is 12 km nearer but lacks SKU-3.',
      },
    ],
    [
      'the other one is farther',
      explain(demandOf(1, 1), [keeps('HZ', 168, [5, 5]), keeps('GZ', 1050, [5, 5])]),
      {
        zh: '杭州仓：168 公里，两种都有；广州仓两种都有，但远 882 公里。',
        en: '杭州仓: 168 km, has both; 广州仓 has both but is 882 km farther.',
      },
    ],
    [
      'the nearer one lacks many',
      explain(demandOf(1, 1, 1, 1, 1), [
        keeps('HZ', 168, [1, 1, 1, 1, 1]),
        keeps('SH', 156, [1, 0, 0, 0, 0]),
      ]),
      {
        zh: '杭州仓：168 公里，五种都有；上海仓近 12 公里，但缺 SKU-2、SKU-3、SKU-4 等 4 种。',
        en: '杭州仓: 168 km, has all five; 上海仓 is 12 km nearer but lacks SKU-2, SKU-3, SKU-4 and 1 more.',
      },
    ],
    [
      'nobody has enough, and a third would be farther',
      explain(demandOf(5), [keeps('HZ', 168, [3]), keeps('SH', 156, [3]), keeps('GZ', 1050, [3])]),
      {
        zh: '分 2 个包裹：上海仓（156 公里）发 3 件，杭州仓（168 公里）发 2 件；没有一个仓库的货够；广州仓（1050 公里）总路程多 882 公里。',
        en: '2 parcels: 上海仓 (156 km) sends 3 units, 杭州仓 (168 km) sends 2 units; no warehouse has enough; 广州仓 (1050 km) would make the ways 882 km longer.',
      },
    ],
    [
      'freight decides',
      explain(demandOf(1), [keeps('HZ', 168, [5]), keeps('GZ', 1050, [5])], {
        objectives: ['lowest-freight'],
        freight: {
          regionPairs: [],
          bands: [{ upToKilometres: 500, parcelCents: 900, centsPerKilogram: 500 }],
          otherwise: { parcelCents: 600, centsPerKilogram: 100 },
        },
      }),
      {
        zh: '广州仓：1050 公里，有货；杭州仓近 882 公里，但运费多 3.40 元。',
        en: '广州仓: 1050 km, has it; 杭州仓 is 882 km nearer but would cost ¥3.40 more freight.',
      },
    ],
    [
      'safety stock is kept elsewhere',
      explain(demandOf(4), [keeps('HZ', 168, [5], 3), keeps('GZ', 1050, [9])], {
        objectives: ['keep-safety-stock', 'nearest'],
      }),
      {
        zh: '广州仓：1050 公里，有货；杭州仓近 882 公里，但多动用安全库存 2 件。',
        en: '广州仓: 1050 km, has it; 杭州仓 is 882 km nearer but would take 2 units more out of safety stock.',
      },
    ],
    [
      'safety stock is all there is',
      explain(demandOf(4), [keeps('HZ', 168, [5], 3)], { objectives: ['keep-safety-stock'] }),
      {
        zh: '杭州仓：168 公里，有货；动用安全库存 2 件。',
        en: '杭州仓: 168 km, has it; takes 2 units out of safety stock.',
      },
    ],
    [
      'one parcel is better than two shorter ones',
      explain(demandOf(1, 1), [
        keeps('HZ', 168, [1, 0]),
        keeps('SH', 156, [0, 1]),
        keeps('GZ', 1050, [1, 1]),
      ]),
      {
        zh: '广州仓：1050 公里，两种都有；上海仓近 894 公里，但缺 SKU-1；杭州仓近 882 公里，但缺 SKU-2。',
        en: '广州仓: 1050 km, has both; 上海仓 is 894 km nearer but lacks SKU-1; 杭州仓 is 882 km nearer but lacks SKU-2.',
      },
    ],
    [
      'two short ways are better than a long one',
      explain(
        demandOf(1, 1),
        [keeps('HZ', 168, [1, 0]), keeps('SH', 156, [0, 1]), keeps('GZ', 1050, [1, 1])],
        { objectives: ['nearest', 'fewest-parcels'] },
      ),
      {
        zh: '分 2 个包裹：上海仓（156 公里）发 1 件，杭州仓（168 公里）发 1 件；广州仓（1050 公里）总路程多 726 公里。',
        en: '2 parcels: 上海仓 (156 km) sends 1 unit, 杭州仓 (168 km) sends 1 unit; 广州仓 (1050 km) would make the ways 726 km longer.',
      },
    ],
    [
      'the place is not known',
      explain(demandOf(1), [keeps('HZ', 168, [5]), keeps('SH', 156, [5])], {}, { place: NOWHERE }),
      {
        zh: '杭州仓：有货；上海仓同样可以；距离不计：地址没有到市或区县。',
        en: '杭州仓: has it; 上海仓 would do as well; distance does not count: the address names no city or district.',
      },
    ],
    [
      'one is too far, another has just reported a shortage',
      explain(
        demandOf(1),
        [keeps('HZ', 168, [5]), keeps('SH', 156, [5]), keeps('GZ', 1050, [5])],
        { maxDistanceKilometres: 800 },
        { excludedWarehouses: ['SH'] },
      ),
      {
        zh: '杭州仓：168 公里，有货；上海仓（156 公里）刚报缺货；广州仓（1050 公里）超出 800 公里的限制。',
        en: '杭州仓: 168 km, has it; 上海仓 (156 km) has just reported a shortage; 广州仓 (1050 km) is beyond the limit of 800 km.',
      },
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected)
  })

  test('tells of three warehouses at most, the nearest ones', () => {
    const far = Array.from({ length: 9 }, (_, index) => keeps(`W${index}`, 2_000 - index * 100, [5]))
    const { en } = explain(demandOf(1), [...far, keeps('HZ', 168, [5])])
    expect(en.match(/W\d/g)).toEqual(['W8', 'W7', 'W6'])
  })
})
