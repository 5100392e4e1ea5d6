import type { PlaceOrderBody } from '../contracts/orders.ts'
import { type Division, divisionName, listLeafDivisions } from '../domain/division.ts'

/** A source of numbers in [0, 1); the same seed gives the same people and orders. */
export type Prng = () => number

/** Mulberry32: 32 bits of state, good enough for demo data, never for secrets. */
export function createPrng(seed: number): Prng {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from `least` to `most`, both included. */
export function randomInteger(prng: Prng, least: number, most: number): number {
  return least + Math.floor(prng() * (most - least + 1))
}

/** One of the items, each as likely as the other. Throws for an empty list. */
export function pick<Item>(prng: Prng, items: ArrayLike<Item>): Item {
  const item = items[Math.floor(prng() * items.length)]
  if (item === undefined) throw new Error('cannot pick from an empty list')
  return item
}

function pickWeighted<Item>(prng: Prng, items: readonly (readonly [Item, number])[]): Item {
  let rest = prng() * items.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [item, weight] of items) {
    rest -= weight
    if (rest < 0) return item
  }
  return pick(prng, items)[0]
}

/** The commonest surnames, with their share in per mille of the population. */
const surnames = Object.entries({
  王: 72,
  李: 72,
  张: 68,
  刘: 54,
  陈: 45,
  杨: 31,
  黄: 22,
  赵: 21,
  吴: 20,
  周: 19,
  徐: 17,
  孙: 15,
  马: 13,
  朱: 13,
  胡: 12,
  郭: 12,
  何: 11,
  高: 10,
  林: 10,
  罗: 9,
  郑: 9,
  梁: 8,
  谢: 7,
  宋: 7,
  唐: 6,
  许: 6,
  韩: 6,
  冯: 6,
  邓: 6,
  曹: 5,
  彭: 5,
  曾: 5,
  肖: 5,
  田: 5,
  董: 5,
  袁: 5,
  潘: 5,
  于: 5,
  蒋: 4,
  蔡: 4,
  余: 4,
  杜: 4,
  叶: 4,
  程: 4,
  苏: 4,
  魏: 4,
  吕: 4,
  丁: 4,
  任: 4,
  沈: 4,
  姚: 3,
  卢: 3,
  姜: 3,
  崔: 3,
  钟: 3,
  谭: 3,
  陆: 3,
  汪: 3,
  范: 3,
  金: 3,
  石: 2,
  欧阳: 1,
  上官: 1,
  司马: 1,
  诸葛: 1,
})
const givenNames =
  '伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 霞 平 刚 桂英 秀英 秀兰 玉兰 建华 建国 志强 志明 海燕 晓燕 ' +
  '雪梅 文静 思远 子涵 子轩 浩然 宇航 欣怡 梓涵 一诺 雨桐 佳琪 诗涵 俊杰 嘉豪 博文 天佑 晨曦 若曦 梦瑶 雅婷 ' +
  '婷婷 丹丹 莉莉 国庆 春梅 红梅 小龙 海波 振华 德华 家辉 伟强 丽娟 美玲 淑芬 慧敏 宏伟 立新 新华 永强 鹏飞'

const nameList = givenNames.split(' ')

/** A full name such as 陈雨桐. */
export function randomName(prng: Prng): string {
  return pickWeighted(prng, surnames) + pick(prng, nameList)
}

/** Prefixes of the three networks and of the fourth; 5G data cards and satellite numbers left out. */
const mobilePrefixes = (
  '130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156 157 158 159 166 173 175 176 177 178 ' +
  '180 181 182 183 184 185 186 187 188 189 191 193 195 196 198 199'
).split(' ')

/** A mobile number of eleven digits in a range that is assigned. No message is ever sent to it. */
export function randomMobile(prng: Prng): string {
  return pick(prng, mobilePrefixes) + String(randomInteger(prng, 0, 99_999_999)).padStart(8, '0')
}

/** Roughly how the parcels of Chinese e-commerce spread over the provinces. */
const provinceWeights = Object.entries({
  11: 30,
  12: 14,
  13: 40,
  14: 18,
  15: 12,
  21: 25,
  22: 12,
  23: 15,
  31: 38,
  32: 95,
  33: 90,
  34: 40,
  35: 42,
  36: 28,
  37: 75,
  41: 60,
  42: 42,
  43: 40,
  44: 150,
  45: 28,
  46: 7,
  50: 26,
  51: 55,
  52: 20,
  53: 22,
  54: 2,
  61: 25,
  62: 10,
  63: 3,
  64: 4,
  65: 12,
})

/** Development zones and reefs have a code, but hardly an address of their own. */
const isSettled = ({ name }: Division) =>
  !/开发区|园区|管理区|示范区|聚集区|产业园|名胜区|岛礁|群岛/.test(name)

const divisionsByProvince = groupByProvince(listLeafDivisions().filter(isSettled))

function groupByProvince(divisions: Division[]): Map<string, Division[]> {
  const groups = new Map<string, Division[]>()
  for (const division of divisions) {
    const province = division.code.slice(0, 2)
    const group = groups.get(province)
    if (group) group.push(division)
    else groups.set(province, [division])
  }
  return groups
}

const roads = (
  '人民 解放 中山 建设 和平 新华 文化 胜利 光明 青年 长江 黄河 迎宾 学院 科技 创业 金桥 滨河 东风 朝阳 ' +
  '天目山 文三 体育 工业 环城 花园 湖滨 凤凰 龙翔 望江 振兴 幸福'
).split(' ')
const directions = ['', '', '', '东', '西', '南', '北', '中']
const communities = (
  '阳光花园 锦绣江南 翠苑小区 万科城市花园 碧桂园 绿城桂花园 保利香槟国际 融创壹号院 龙湖天街 恒大名都 金地格林 ' +
  '中海国际社区 华润橡树湾 世茂滨江 御景湾 东方名苑 丽都花园 和谐家园 盛世嘉园 香榭丽舍 水木清华 书香门第 ' +
  '幸福里 望湖小区 新世纪花园 天鹅湖 紫荆花苑 世纪城 公园一号 江畔人家'
).split(' ')
const towns = '城关 新城 河东 城西 太平 双河 石桥 龙泉 清水 永安 白沙 高桥 大同 柳林 兴隆 三江'.split(' ')
const villages = '王家 李庄 张集 新民 前进 东升 赵家湾 杨柳 石门 小河 大塘 红星 上坝 下沙'.split(' ')
const offices = ['科技园', '创业大厦', '国际中心', '财富广场', '软件园', '商务楼']

/** Where a parcel goes: the code of a real division, and street, community and house within it. */
export interface RandomAddress {
  divisionCode: string
  /** Province, city and district in front, as buyers write it. */
  address: string
}

/** An address in a real division; provinces with more parcels come up more often. */
export function randomAddress(prng: Prng): RandomAddress {
  const province = pickWeighted(prng, provinceWeights)
  const division = pick(prng, divisionsByProvince.get(province) ?? [])
  const isCounty = division.name.endsWith('县') || division.name.endsWith('旗')
  const place = isCounty && prng() < 0.5 ? ruralPlace(prng) : urbanPlace(prng)
  return { divisionCode: division.code, address: `${divisionName(division.code)}${place}` }
}

function urbanPlace(prng: Prng): string {
  const street = `${pick(prng, roads)}${pick(prng, directions)}路${randomInteger(prng, 1, 1280)}号`
  const floor = randomInteger(prng, 1, 28)
  const room = `${floor}${String(randomInteger(prng, 1, 6)).padStart(2, '0')}室`
  if (prng() < 0.15) return `${street}${pick(prng, offices)}${pick(prng, 'ABCD')}座${room}`
  const building = `${randomInteger(prng, 1, 36)}${pick(prng, ['幢', '栋', '号楼'])}`
  return `${street}${pick(prng, communities)}${building}${randomInteger(prng, 1, 4)}单元${room}`
}

function ruralPlace(prng: Prng): string {
  const village = `${pick(prng, towns)}镇${pick(prng, villages)}村`
  return `${village}${randomInteger(prng, 1, 12)}组${randomInteger(prng, 1, 180)}号`
}

const typicalRemarks = [
  '放门口就行，谢谢',
  '送货前请打电话',
  '工作日送公司，周末送家里',
  '麻烦尽快发货，急用',
  '请放小区菜鸟驿站',
  '家里有老人，请轻敲门',
  '开发票，抬头个人',
  '不要放快递柜',
  '送人的，请不要放价格单',
  '请发顺丰，运费可以补',
]
/** What real buyers write and a system must bear: emoji, quotes, markup, a question, a second address. */
const oddRemarks = [
  '🎁🎁生日礼物，包装要好看一点哦～❤️',
  '要是颜色不对就不要发了!!!先联系我\n(微信同手机号)',
  '备注：<b>加急</b> & "轻拿轻放"',
  '上次那个坏了这次再坏我就投诉',
  '地址写错了，改送到隔壁3幢，具体打电话问我',
  '能便宜点吗？？？',
  "'; 谢谢老板 --",
  '。',
  '𠮷野家楼上，电梯坏了走楼梯',
]

/** A buyer's remark; most buyers leave none, and then it is undefined. */
export function randomRemark(prng: Prng): string | undefined {
  const luck = prng()
  if (luck < 0.62) return undefined
  return luck < 0.92 ? pick(prng, typicalRemarks) : pick(prng, oddRemarks)
}

/** What an order needs to know of a SKU and of a store; rows of the seed catalogue fit. */
export interface SkuChoice {
  id: string
  standardPriceCents: number
}
export interface StoreChoice {
  id: string
  channel: string
}

/** The catalogue lists its best sellers first: this many of them make up `hotLineShare` of all lines. */
export const hotSkuCount = 12
const hotLineShare = 0.45

const lineCountWeights = [
  [1, 55],
  [2, 25],
  [3, 13],
  [4, 7],
] as const
const quantityWeights = [
  [1, 78],
  [2, 15],
  [3, 5],
  [6, 2],
] as const
const freeFreightFromCents = 9_900

/**
 * The body of `POST /v1/orders` for a checkout in one of the mall's stores: one to four different SKUs at the
 * standard price or a little below, a contact in a real division. Throws without SKUs or without a mall store.
 */
export function randomOrder(
  prng: Prng,
  skus: readonly SkuChoice[],
  stores: readonly StoreChoice[],
): PlaceOrderBody {
  const mallStores = stores.filter(({ channel }) => channel === 'mall')
  const chosen = new Set<SkuChoice>()
  const lineCount = Math.min(pickWeighted(prng, lineCountWeights), skus.length)
  while (chosen.size < lineCount) chosen.add(randomSku(prng, skus))
  const lines = [...chosen].map((sku) => ({
    skuId: sku.id,
    quantity: pickWeighted(prng, quantityWeights),
    unitPriceCents: randomPriceCents(prng, sku),
  }))
  const goodsCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
  const { divisionCode, address } = randomAddress(prng)
  const contact = { name: randomName(prng), phone: randomMobile(prng), divisionCode, address }
  const remark = randomRemark(prng)
  return {
    storeId: pick(prng, mallStores).id,
    channel: 'mall',
    externalOrderId: randomOrderNumber(prng),
    contact: remark === undefined ? contact : { ...contact, remark },
    lines,
    freightCents: goodsCents >= freeFreightFromCents ? 0 : pick(prng, [600, 800, 1_000, 1_200]),
  }
}

function randomSku(prng: Prng, skus: readonly SkuChoice[]): SkuChoice {
  return prng() < hotLineShare ? pick(prng, skus.slice(0, hotSkuCount)) : pick(prng, skus)
}

/** Most buy at the standard price; a coupon takes 5 or 10 % off and leaves whole tens of cents. */
function randomPriceCents(prng: Prng, { standardPriceCents }: SkuChoice): number {
  const factor = pickWeighted(prng, [
    [1, 85],
    [0.95, 10],
    [0.9, 5],
  ] as const)
  return factor === 1 ? standardPriceCents : Math.round((standardPriceCents * factor) / 10) * 10
}

/** The mall's own number of an order: 64 random bits, so that two runs do not meet by chance. */
function randomOrderNumber(prng: Prng): string {
  const half = () =>
    Math.floor(prng() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return `MALL-${half()}${half()}`.toUpperCase()
}
