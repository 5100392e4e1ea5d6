import { assertNever } from './assert-never.ts'
import type { RejectedAlternative, Rejection, TransferProposal } from './transfer-proposal.ts'

/** One sentence in both languages of the product. */
export type Sentence = { en: string; zh: string }
/** The name of a warehouse, by its id. */
type Names = (warehouseId: string) => string

/** Why the proposal is what it is: one sentence for each source. */
export function explainProposal(proposal: TransferProposal, names: Names): Sentence[] {
  return proposal.legs.map((leg) => {
    const name = names(leg.sourceId)
    const hubs = leg.path.slice(1, -1).map(names)
    const via =
      hubs.length > 0
        ? { en: ` via ${hubs.join(', ')}`, zh: `，经${hubs.join('、')}中转` }
        : { en: '', zh: '' }
    const cover =
      leg.coverDaysLeft === null
        ? { en: 'it sells none itself', zh: '该仓近期无销量' }
        : { en: `what is left lasts ${leg.coverDaysLeft} days there`, zh: `余量可售 ${leg.coverDaysLeft} 天` }
    const breaks = leg.breaksSafetyStock
      ? { en: '; breaks its safety stock', zh: '；动用安全库存' }
      : { en: '', zh: '' }
    return {
      en: `${name} sends ${leg.quantity}${via.en}: ${leg.distanceKilometres} km, ${yuan(leg.freightCents)}, ${leg.availableLeft} left, ${cover.en}${breaks.en}`,
      zh: `${name}调出 ${leg.quantity} 件${via.zh}：${leg.distanceKilometres} 公里，运费 ${yuan(leg.freightCents)}，剩余 ${leg.availableLeft} 件，${cover.zh}${breaks.zh}`,
    }
  })
}

/** Why a source, a path or a split was not proposed. */
export function explainRejection(rejected: RejectedAlternative, names: Names): Sentence {
  const sources = {
    en: rejected.sourceIds.map(names).join(' and '),
    zh: rejected.sourceIds.map(names).join('加'),
  }
  const hubs = rejected.path.slice(1, -1).map(names)
  const reason = textOf(rejected.reason)
  return {
    en: `${sources.en}${hubs.length > 0 ? ` via ${hubs.join(', ')}` : ''}: ${reason.en}`,
    zh: `${sources.zh}${hubs.length > 0 ? `（经${hubs.join('、')}）` : ''}：${reason.zh}`,
  }
}

function textOf(reason: Rejection): Sentence {
  switch (reason.code) {
    case 'inactive':
      return { en: 'the warehouse is closed', zh: '仓库已停用' }
    case 'shortfall':
      return { en: `${reason.units} units are promised that do not exist`, zh: `已超承诺 ${reason.units} 件` }
    case 'sold-out':
      return { en: 'nothing is available', zh: '无可用库存' }
    case 'safety-stock':
      return {
        en: `only ${reason.available} available, its safety stock is ${reason.safetyStock}`,
        zh: `可用 ${reason.available} 件，安全库存 ${reason.safetyStock} 件`,
      }
    case 'cover':
      return {
        en: `its stock lasts ${reason.coverDays} days, the policy keeps ${reason.minimumCoverDays}`,
        zh: `库存仅可售 ${reason.coverDays} 天，策略要求保留 ${reason.minimumCoverDays} 天`,
      }
    case 'no-freight': {
      const kilometres = Math.round(reason.distanceKilometres)
      return {
        en: `the freight table has no price for ${kilometres} km`,
        zh: `运价表不含 ${kilometres} 公里`,
      }
    }
    case 'not-enough':
      return {
        en: `can give ${reason.canGive} of its ${reason.available}, too few alone`,
        zh: `可用 ${reason.available} 件中可调 ${reason.canGive} 件，单仓不足`,
      }
    case 'dearer':
      return { en: `costs ${yuan(reason.extraCents)} more`, zh: `成本高 ${yuan(reason.extraCents)}` }
    case 'no-better': {
      const { distanceKilometres } = reason
      return {
        en: `costs the same, with more sources or a longer way (${distanceKilometres} km)`,
        zh: `成本相同，但来源更多或路程更长（${distanceKilometres} 公里）`,
      }
    }
    default:
      return assertNever(reason)
  }
}

function yuan(cents: number): string {
  return `¥${(cents / 100).toFixed(2)}`
}
