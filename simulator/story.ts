import { z } from 'zod'
import { prngFor } from './chance.ts'
import { pick, randomInteger } from './people.ts'

const SCAN_STATES = ['shipped', 'in_transit', 'refused', 'delivered', 'returned', 'lost'] as const
export const scan = z.strictObject({
  eventId: z.string().min(1).max(128),
  state: z.enum(SCAN_STATES),
  description: z.string().max(500).default(''),
  occurredAt: z.iso.datetime({ offset: true }),
})
/** One scan as the courier's interface shows it. */
export type Scan = z.output<typeof scan>

export const FATES = ['delivered', 'refused', 'returned', 'lost'] as const
export type Fate = (typeof FATES)[number]

/** Everything that a parcel's story depends on. */
export type ParcelFacts = {
  waybillNumber: string
  packedAtMs: number
  fate: Fate
  /** The courier's interface is away during a part of the way. */
  hasTrouble: boolean
  /** From packed to delivered, on average. */
  deliverySeconds: number
}

type PlannedScan = { afterMs: number; state: Scan['state']; description: string }
type Story = { scans: PlannedScan[]; silence: { fromMs: number; untilMs: number } | null }

const CENTRES =
  '杭州 上海 广州 深圳 北京 武汉 成都 西安 郑州 南京 济南 沈阳 长沙 合肥 重庆 天津 福州 昆明'.split(' ')
const ENDINGS = {
  delivered: [
    '已签收，签收人：本人',
    '已签收，签收人：家人',
    '已投递至快递柜，取件码已发送',
    '已由菜鸟驿站代收',
  ],
  refused: ['收件人拒收，快件等待退回'],
  returned: ['收件人拒收，快件退回寄件方', '电话无法接通，多次派送未成功，退回寄件方'],
  lost: ['快件查找无果，登记遗失'],
}

/** What happens to a parcel and when, in time since it was packed: a pure function of its facts and the seed. */
export function tellStory(seed: string, facts: ParcelFacts): Story {
  const prng = prngFor(seed, 'parcel', facts.waybillNumber)
  const totalMs = Math.round(facts.deliverySeconds * 1_000 * (0.7 + 0.6 * prng()))
  const stops = randomInteger(prng, 1, 4)
  const scans: PlannedScan[] = [{ afterMs: 0, state: 'shipped', description: '快件已揽收' }]
  for (let stop = 1; stop <= stops; stop += 1) {
    const afterMs = Math.round((totalMs * (stop - 0.3 + 0.6 * prng())) / (stops + 1))
    const description =
      stop === stops ? '快件到达派送网点，正在派送' : `快件已离开【${pick(prng, CENTRES)}转运中心】`
    scans.push({ afterMs, state: 'in_transit', description })
  }
  // A parcel is given up or comes back only after the courier has tried for a while.
  const endMs = facts.fate === 'delivered' ? totalMs : Math.round(totalMs * 1.2)
  scans.push({ afterMs: endMs, state: facts.fate, description: pick(prng, ENDINGS[facts.fate]) })
  // What nobody wants goes back.
  if (facts.fate === 'refused') {
    scans.push({ afterMs: Math.round(totalMs * 1.5), state: 'returned', description: '快件已退回寄件方' })
  }
  const silentFromMs = Math.round(totalMs * (0.1 + 0.2 * prng()))
  const silence = facts.hasTrouble
    ? { fromMs: silentFromMs, untilMs: silentFromMs + Math.round(totalMs * 0.6) }
    : null
  return { scans, silence }
}

/** What the courier's interface answers at a moment: the scans so far, or nothing at all. */
export function scansAt(seed: string, facts: ParcelFacts, nowMs: number): Scan[] | 'unreachable' {
  const { scans, silence } = tellStory(seed, facts)
  const sinceMs = nowMs - facts.packedAtMs
  if (silence && sinceMs >= silence.fromMs && sinceMs < silence.untilMs) return 'unreachable'
  return scans
    .map((planned, index) => ({ ...planned, eventId: `${facts.waybillNumber}-${index + 1}` }))
    .filter(({ afterMs }) => afterMs <= sinceMs)
    .map(({ eventId, state, description, afterMs }) => ({
      eventId,
      state,
      description,
      occurredAt: new Date(facts.packedAtMs + afterMs).toISOString(),
    }))
}
