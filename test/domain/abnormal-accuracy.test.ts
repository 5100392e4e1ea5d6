import { describe, expect, test } from 'vitest'
import { abnormalOrder } from '../../contracts/policies/abnormal-order.ts'
import { sensitiveWords } from '../../contracts/policies/sensitive-words.ts'
import { abnormalFactsOf, type OrderInQuestion } from '../../domain/abnormal-facts.ts'
import { judgeOrder } from '../../domain/abnormal-order.ts'
import { readAddress } from '../../domain/address.ts'
import { phoneKindOf } from '../../domain/phone.ts'
import { WordMatcher } from '../../domain/sensitive-words.ts'
import {
  type AddressLabel,
  heldOutAddresses,
  parseAddresses,
  tunedAddresses,
} from '../support/labelled/addresses.ts'
import { heldOutPhones, parsePhones, tunedPhones } from '../support/labelled/phones.ts'
import { heldOutRemarks, parseRemarks, tunedRemarks } from '../support/labelled/remarks.ts'

const matcher = new WordMatcher()
for (const { category, words } of sensitiveWords.initial.categories) matcher.add(category, words)

const ordinary: OrderInQuestion = {
  order: {
    ...{ channel: 'mall', storeId: 'ST-1', divisionCode: '330106', amountCents: 9_900, freightCents: 0 },
    lines: [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 9_900 }],
  },
  checkNumber: 1,
  address: readAddress('330106', '浙江省杭州市西湖区文三路478号'),
  phone: 'mobile',
  remark: { characters: 0, found: [] },
  customer: { orders: 0, amountCents: 0 },
  skus: new Map(),
  lately: { toAddressLastDay: 0, toPhoneLastDay: 0, duplicatesLastHour: 0, duplicatesLastDay: 0 },
}

/** Rules that are about something else than what is labelled. */
const BESIDES = ['remote-area']
const rulesFor = (differs: Partial<OrderInQuestion>) =>
  judgeOrder(abnormalOrder.initial, abnormalFactsOf({ ...ordinary, ...differs }))
    .map(({ rule }) => rule)
    .filter((rule) => !BESIDES.includes(rule))

type Case = { text: string; expected: string[]; found: string[] }

const RULE_OF: Record<AddressLabel, string[]> = {
  ok: [],
  'no-number': ['house-number-missing'],
  short: ['address-too-short'],
  contradiction: ['division-contradictory'],
  ambiguous: ['division-ambiguous'],
  unknown: ['division-unknown'],
}
const CATEGORY_RULES: Record<string, string> = {
  ...{ stop: 'remark-stop', address: 'remark-stop', danger: 'remark-dangerous' },
  ...{ dispute: 'remark-sensitive', fraud: 'remark-sensitive', contact: 'remark-sensitive' },
}

function casesOf(lines: { addresses: string; phones: string; remarks: string }): Case[] {
  return [
    ...parseAddresses(lines.addresses).map(({ divisionCode, address, label }) => ({
      text: `${divisionCode} ${address}`,
      expected: RULE_OF[label],
      found: rulesFor({
        order: { ...ordinary.order, divisionCode },
        address: readAddress(divisionCode, address),
      }),
    })),
    ...parsePhones(lines.phones).map(({ phone, label }) => ({
      text: phone,
      expected: label === 'invalid' ? ['phone-invalid'] : [],
      found: rulesFor({ phone: phoneKindOf(phone) }),
    })),
    ...parseRemarks(lines.remarks).map(({ remark, categories }) => ({
      text: remark,
      expected: [...new Set(categories.map((category) => CATEGORY_RULES[category] ?? category))],
      found: rulesFor({ remark: { characters: remark.length, found: matcher.find(remark) } }),
    })),
  ]
}

type Score = { rule: string; labelled: number; precision: number; recall: number; wrong: string[] }

function scoresOf(cases: readonly Case[]): Score[] {
  const rules = [...new Set(cases.flatMap(({ expected, found }) => [...expected, ...found]))].toSorted()
  return rules.map((rule) => {
    const hits = cases.filter(({ expected, found }) => expected.includes(rule) && found.includes(rule)).length
    const labelled = cases.filter(({ expected }) => expected.includes(rule)).length
    const claimed = cases.filter(({ found }) => found.includes(rule)).length
    const wrong = cases.filter(({ expected, found }) => expected.includes(rule) !== found.includes(rule))
    return {
      ...{ rule, labelled },
      precision: claimed === 0 ? 1 : hits / claimed,
      recall: labelled === 0 ? 1 : hits / labelled,
      wrong: wrong.map(({ text }) => text),
    }
  })
}

const tuned = casesOf({ addresses: tunedAddresses, phones: tunedPhones, remarks: tunedRemarks })
const heldOut = casesOf({ addresses: heldOutAddresses, phones: heldOutPhones, remarks: heldOutRemarks })

describe('the default rules on labelled addresses, phones and remarks', () => {
  test('there are at least 300 of them', () => {
    expect(tuned.length + heldOut.length).toBeGreaterThanOrEqual(300)
    expect(heldOut.length).toBeGreaterThanOrEqual(100)
  })

  test.each([
    ['that the rules were made with', tuned],
    ['that were written before the rules and kept out of their making', heldOut],
    ['together', [...tuned, ...heldOut]],
  ])('of those %s every rule finds 9 of 10, and is right 9 times of 10', (name, cases) => {
    const scores = scoresOf(cases)
    console.log(
      [
        `${cases.length} cases ${name}`,
        ...scores.map(
          ({ rule, labelled, precision, recall, wrong }) =>
            `${rule.padEnd(24)} ${String(labelled).padStart(3)} labelled, precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}${wrong.length > 0 ? ` (wrong: ${wrong.join(' / ')})` : ''}`,
        ),
      ].join('\n'),
    )
    const tooLow = scores.filter(({ precision, recall }) => precision < 0.9 || recall < 0.9)
    expect(tooLow).toEqual([])
  })
})
