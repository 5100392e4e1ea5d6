import type { AllocationExplanation, RejectionReason } from './allocation-explanation.ts'
import type { AllocationObjective } from './allocation-problem.ts'
import { assertNever } from './assert-never.ts'
import type { PlaceProblem } from './place.ts'

export type Texts = { zh: string; en: string }
type Rejected = AllocationExplanation['rejected'][number]

/** An explanation as one sentence in each language; `nameOf` says what people call a warehouse. */
export function describeAllocation(
  explanation: AllocationExplanation,
  nameOf: (warehouseId: string) => string,
): Texts {
  const { chosen, objectives, rejected, candidates, compared, place } = explanation
  const parts = [...senders(explanation, nameOf)]
  const fromSafety = objectives.find(({ objective }) => objective === 'keep-safety-stock')?.value ?? 0
  if (fromSafety > 0) {
    parts.push({
      zh: `动用安全库存 ${fromSafety} 件`,
      en: `takes ${unitsEn(fromSafety)} out of safety stock`,
    })
  }
  const [only] = chosen.length === 1 ? chosen : []
  for (const entry of rejected)
    parts.push(rejection(explanation, entry, nameOf(entry.warehouseId), only?.kilometres))
  if (place.problem && objectives.some(({ objective }) => objective === 'nearest')) {
    const why = PLACE_TEXTS[place.problem]
    parts.push({ zh: `距离不计：${why.zh}`, en: `distance does not count: ${why.en}` })
  }
  if (compared < candidates) {
    parts.push({
      zh: `${candidates} 个有货的仓库只比较了 ${compared} 个`,
      en: `${compared} of ${candidates} warehouses with stock were compared`,
    })
  }
  return {
    zh: `${parts.map((part) => part.zh).join('；')}。`,
    en: `${parts.map((part) => part.en).join('; ')}.`,
  }
}

const PLACE_TEXTS: Record<PlaceProblem, Texts> = {
  'unknown-division': { zh: '行政区划代码不存在', en: 'the division code does not exist' },
  'province-only': { zh: '地址没有到市或区县', en: 'the address names no city or district' },
  'ambiguous-name': { zh: '同名的区县不止一个', en: 'the address fits more than one district' },
}

/** Who sends: `杭州仓：168 公里，三种都有`. */
function senders({ chosen, skus, complete }: AllocationExplanation, nameOf: (id: string) => string): Texts[] {
  const [only, ...others] = chosen
  if (only === undefined) return [{ zh: '没有可发的货', en: 'nothing can be sent' }]
  const all = hasAll(skus)
  if (others.length === 0) {
    const name = nameOf(only.warehouseId)
    const { zh, en } = only.kilometres === null ? { zh: '', en: '' } : kilometresOf(only.kilometres)
    return [{ zh: `${name}：${zh && `${zh}，`}${all.zh}`, en: `${name}: ${en && `${en}, `}${all.en}` }]
  }
  const each = chosen.map(({ warehouseId, kilometres, units }) => {
    const name = named(nameOf(warehouseId), kilometres)
    return { zh: `${name.zh}发 ${units} 件`, en: `${name.en} sends ${unitsEn(units)}` }
  })
  const parcels = {
    zh: `分 ${chosen.length} 个包裹：${each.map((part) => part.zh).join('，')}`,
    en: `${chosen.length} parcels: ${each.map((part) => part.en).join(', ')}`,
  }
  if (complete > 0) return [parcels]
  return [
    parcels,
    skus === 1
      ? { zh: '没有一个仓库的货够', en: 'no warehouse has enough' }
      : { zh: `没有一个仓库${all.zh}`, en: `no warehouse ${all.en}` },
  ]
}

/** Why another does not: `上海仓近 12 公里，但缺 SKU-17`. `from` is how far the only sender is. */
function rejection(
  { skus }: AllocationExplanation,
  { reason, kilometres }: Rejected,
  name: string,
  from: number | null | undefined,
): Texts {
  const because = reasonOf(reason, skus)
  if (from === undefined || from === null || kilometres === null || because === null) {
    const place = named(name, kilometres)
    if (because === null) return standing(reason, place)
    return { zh: `${place.zh}${because.zh}`, en: `${place.en} ${because.en}` }
  }
  const away = kilometres - from
  if (reason.kind === 'costs-more' && reason.objective === 'nearest') {
    const all = hasAll(skus)
    const by = kilometresOf(reason.by)
    return { zh: `${name}${all.zh}，但远 ${by.zh}`, en: `${name} ${all.en} but is ${by.en} farther` }
  }
  const by = kilometresOf(Math.abs(away))
  if (away < 0)
    return { zh: `${name}近 ${by.zh}，但${because.zh}`, en: `${name} is ${by.en} nearer but ${because.en}` }
  if (away > 0)
    return { zh: `${name}远 ${by.zh}，且${because.zh}`, en: `${name} is ${by.en} farther and ${because.en}` }
  return { zh: `${name}一样近，但${because.zh}`, en: `${name} is as near but ${because.en}` }
}

/** What speaks against a warehouse, as the end of a sentence; null where nothing about the goods does. */
function reasonOf(reason: RejectionReason, skus: number): Texts | null {
  switch (reason.kind) {
    case 'lacks': {
      if (skus === 1) return { zh: '货不够', en: 'has too little' }
      const more = reason.count - reason.skuIds.length
      const list = reason.skuIds
      return {
        zh: `缺 ${list.join('、')}${more > 0 ? ` 等 ${reason.count} 种` : ''}`,
        en: `lacks ${more > 0 ? `${list.join(', ')} and ${more} more` : listEn(list)}`,
      }
    }
    case 'costs-more':
      return dearer(reason.objective, reason.by)
    default:
      return null
  }
}

function dearer(objective: AllocationObjective, by: number): Texts {
  switch (objective) {
    case 'fewest-parcels':
      return { zh: `要多 ${by} 个包裹`, en: `would need ${by} more ${by === 1 ? 'parcel' : 'parcels'}` }
    case 'nearest':
      return {
        zh: `总路程多 ${kilometresOf(by).zh}`,
        en: `would make the ways ${kilometresOf(by).en} longer`,
      }
    case 'lowest-freight':
      return { zh: `运费多 ${yuan(by)} 元`, en: `would cost ¥${yuan(by)} more freight` }
    case 'keep-safety-stock':
      return { zh: `多动用安全库存 ${by} 件`, en: `would take ${unitsEn(by)} more out of safety stock` }
    default:
      return assertNever(objective)
  }
}

function standing(reason: RejectionReason, name: Texts): Texts {
  switch (reason.kind) {
    case 'too-far': {
      const limit = kilometresOf(reason.limitKilometres)
      return { zh: `${name.zh}超出 ${limit.zh}的限制`, en: `${name.en} is beyond the limit of ${limit.en}` }
    }
    case 'reported-short':
      return { zh: `${name.zh}刚报缺货`, en: `${name.en} has just reported a shortage` }
    case 'equal':
      return { zh: `${name.zh}同样可以`, en: `${name.en} would do as well` }
    default:
      return { zh: `${name.zh}未参与比较`, en: `${name.en} was not compared` }
  }
}

const NUMBERS: readonly Texts[] = [
  '三 three',
  '四 four',
  '五 five',
  '六 six',
  '七 seven',
  '八 eight',
  '九 nine',
  '十 ten',
].map((pair) => {
  const [zh = '', en = ''] = pair.split(' ')
  return { zh, en }
})

function hasAll(skus: number): Texts {
  if (skus === 1) return { zh: '有货', en: 'has it' }
  if (skus === 2) return { zh: '两种都有', en: 'has both' }
  const number = NUMBERS[skus - 3] ?? { zh: ` ${skus} `, en: String(skus) }
  return { zh: `${number.zh}种都有`, en: `has all ${number.en}` }
}

function named(name: string, kilometres: number | null): Texts {
  if (kilometres === null) return { zh: name, en: name }
  const { zh, en } = kilometresOf(kilometres)
  return { zh: `${name}（${zh}）`, en: `${name} (${en})` }
}

function kilometresOf(kilometres: number): Texts {
  if (kilometres < 1) return { zh: '不到 1 公里', en: 'less than 1 km' }
  return { zh: `${Math.round(kilometres)} 公里`, en: `${Math.round(kilometres)} km` }
}

const listEn = (items: readonly string[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
const unitsEn = (units: number) => `${units} ${units === 1 ? 'unit' : 'units'}`
const yuan = (cents: number) => (cents / 100).toFixed(2)
