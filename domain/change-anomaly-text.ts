import { assertNever } from './assert-never.ts'
import type { AnomalyEvidence, AnomalyKind, AnomalySubject } from './change-anomaly.ts'
import type { OffHours } from './working-time.ts'

type Sentence = { en: string; zh: string }

const OFF_HOURS: Record<OffHours['reason'], Sentence> = {
  'rest-day': { en: 'a day off', zh: '非工作日' },
  'before-opening': { en: 'before opening', zh: '营业前' },
  'after-closing': { en: 'after closing', zh: '打烊后' },
}

/** What is strange, in a sentence for people; names and numbers only, no personal data. */
export function describeAnomaly(
  kind: AnomalyKind,
  { id }: AnomalySubject,
  { measured, limit, days, offHours, skuId, mutual, people }: AnomalyEvidence,
): Sentence {
  switch (kind) {
    case 'frequent_person':
      return {
        en: `${id} asked for ${measured} changes within ${days} days (${limit} are noted)`,
        zh: `${id} 在 ${days} 天内提交 ${measured} 次改单（阈值 ${limit} 次）`,
      }
    case 'frequent_order':
      return {
        en: `${measured} changes of one order within ${days} days (${limit} are noted)`,
        zh: `同一订单在 ${days} 天内改单 ${measured} 次（阈值 ${limit} 次）`,
      }
    case 'repeated_customer':
      return {
        en: `${measured} changes for the same customer within ${days} days (${limit} are noted)`,
        zh: `同一顾客在 ${days} 天内改单 ${measured} 次（阈值 ${limit} 次）`,
      }
    case 'self_dealing': {
      const both = mutual ? { en: '; each approves the other’s', zh: '，且双方互相审批' } : { en: '', zh: '' }
      return {
        en: `${measured} approvals ${id} within ${days} days (${limit} are noted)${both.en}`,
        zh: `${id} 在 ${days} 天内审批通过 ${measured} 次（阈值 ${limit} 次）${both.zh}`,
      }
    }
    case 'off_hours': {
      const { reason, day = '', time = '', name } = offHours ?? {}
      const why = reason ? OFF_HOURS[reason] : { en: '', zh: '' }
      const called = name ? ` (${name})` : ''
      const [applicant = ''] = people
      return {
        en: `${applicant} asked at ${time} on ${day}, ${why.en}${called}`,
        zh: `${applicant} 于 ${day} ${time} 提交，${why.zh}${called}`,
      }
    }
    case 'off_price':
      return {
        en: `the price of ${skuId} is ${measured}% off its standard price (more than ${limit}% is noted)`,
        zh: `${skuId} 的价格偏离标准价 ${measured}%（阈值 ${limit}%）`,
      }
    case 'below_limit':
      return {
        en: `a concession of ¥${yuan(measured)}, just below the ¥${yuan(limit)} that its level may decide`,
        zh: `让利 ¥${yuan(measured)}，紧贴审批上限 ¥${yuan(limit)}`,
      }
    default:
      return assertNever(kind)
  }
}

function yuan(cents: number): string {
  return (cents / 100).toFixed(2)
}
