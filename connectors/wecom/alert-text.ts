import type { Counterpart } from '../../domain/reconciliation.ts'
import { COUNTERPART_TEXT } from '../../domain/reconciliation-text.ts'
import { yuanOfCents } from '../channels/values.ts'
import { cut } from './card.ts'

/** A level that fell to its threshold, as `stock_alert` deliveries carry it. */
export type StockAlert = {
  skuId: string
  skuName: string
  warehouseName: string
  available: number
  threshold: number
  level: 'out' | 'low'
}

/** More in one message nobody reads, and with the cuts below so many always fit into what a robot takes. */
export const ALERTS_A_MESSAGE = 16
/** What a robot takes of markdown, in bytes of UTF-8. */
export const MARKDOWN_BYTES = 4_096
const MAX_NAME = 14
const MAX_ID = 40

/**
 * One message about all these levels, those without any unit first. `wasMaybeSaid`: an earlier attempt may have been heard.
 */
export function stockAlertMarkdown(alerts: readonly StockAlert[], wasMaybeSaid: boolean): string {
  if (alerts.length > ALERTS_A_MESSAGE) throw new RangeError(`at most ${ALERTS_A_MESSAGE} alerts a message`)
  const outFirst = [...alerts].sort(
    (one, other) => Number(other.level === 'out') - Number(one.level === 'out'),
  )
  const again = wasMaybeSaid ? '（重发）' : ''
  return [`**库存预警** ${alerts.length} 项${again}`, ...outFirst.map(lineOf)].join('\n')
}

function lineOf({ skuId, skuName, warehouseName, available, threshold, level }: StockAlert): string {
  const word = level === 'out' ? '<font color="warning">缺货</font>' : '偏低'
  const name = skuName === skuId ? '' : ` ${plain(skuName, MAX_NAME)}`
  return `> ${word} ${plain(warehouseName, MAX_NAME)} ${plain(skuId, MAX_ID)}${name}：${available}/${threshold}`
}

/** Names are anybody's: what markdown would read as more than a name is left out. */
function plain(text: string, maxCharacters: number): string {
  return cut(text.replace(/[\p{C}\s<>*_`[\]()#!|\\&]+/gu, ' ').trim(), maxCharacters)
}

/** What stands open with another system, as `reconciliation_alert` deliveries carry it. */
export type ReconciliationAlert = {
  counterpart: Counterpart
  from: string
  to: string
  differences: number
  amountCents: number
  largestCents: number
  opened: number
}

/** One message about what the comparisons of a night have found. `wasMaybeSaid`: an earlier attempt may have been heard. */
export function reconciliationMarkdown(
  alerts: readonly ReconciliationAlert[],
  wasMaybeSaid: boolean,
): string {
  if (alerts.length > ALERTS_A_MESSAGE) throw new RangeError(`at most ${ALERTS_A_MESSAGE} alerts a message`)
  const line = (alert: ReconciliationAlert) =>
    `> ${COUNTERPART_TEXT[alert.counterpart].zh} ${alert.from} 至 ${alert.to}：未结 ${alert.differences} 项（新增 ${alert.opened}），共 ¥${yuanOfCents(alert.amountCents)}，最大 ¥${yuanOfCents(alert.largestCents)}`
  return [`**对账差异**${wasMaybeSaid ? '（重发）' : ''}`, ...alerts.map(line)].join('\n')
}
