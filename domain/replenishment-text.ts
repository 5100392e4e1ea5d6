import type { Replenishment, ReplenishmentFacts } from './replenishment.ts'

export type Sentence = { en: string; zh: string }

const SOURCES: Record<Replenishment['leadTime']['source'], Sentence> = {
  receipts: { en: 'measured', zh: '实测' },
  supplier: { en: 'by supplier', zh: '按供应商' },
  category: { en: 'by category', zh: '按品类' },
  fallback: { en: 'by default', zh: '默认' },
}

/** Why so many: "sells 14.2 a day, +38 % week on week, 3.1 days of cover, lead time 9". */
export function replenishmentReason(
  facts: Pick<ReplenishmentFacts, 'forecast' | 'stock'>,
  result: Pick<Replenishment, 'perDay' | 'growthPercent' | 'coverDays' | 'leadTime'>,
): Sentence {
  const { perDay, growthPercent, coverDays, leadTime } = result
  const { censoredDays, promotionDays } = facts.forecast
  const { inTransit, onOrder } = facts.stock
  const source = SOURCES[leadTime.source]
  const growth = growthPercent === null ? null : `${growthPercent > 0 ? '+' : ''}${growthPercent}`
  const parts: (Sentence | null)[] = [
    perDay > 0
      ? { en: `sells ${short(perDay)} a day`, zh: `日均销量 ${short(perDay)}` }
      : { en: 'sells nothing', zh: '无销量' },
    growth === null ? null : { en: `${growth} % week on week`, zh: `周环比 ${growth}%` },
    coverDays === null ? null : { en: `${coverDays} days of cover`, zh: `可售 ${coverDays} 天` },
    {
      en: `lead time ${short(leadTime.days)} (${source.en})`,
      zh: `到货周期 ${short(leadTime.days)} 天（${source.zh}）`,
    },
    inTransit + onOrder > 0
      ? { en: `${inTransit + onOrder} on the way`, zh: `在途 ${inTransit + onOrder} 件` }
      : null,
    censoredDays > 0
      ? { en: `${censoredDays} days without stock left out`, zh: `已剔除缺货 ${censoredDays} 天` }
      : null,
    promotionDays > 0
      ? { en: `${promotionDays} promotion days left out`, zh: `已剔除促销 ${promotionDays} 天` }
      : null,
  ]
  const said = parts.filter((part) => part !== null)
  return { en: said.map(({ en }) => en).join(', '), zh: said.map(({ zh }) => zh).join('，') }
}

/** One digit after the point, two below 1. */
function short(value: number): string {
  return String(Number(value.toFixed(value < 1 ? 2 : 1)))
}
