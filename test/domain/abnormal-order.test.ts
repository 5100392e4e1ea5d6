import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abnormalOrder } from '../../contracts/policies/abnormal-order.ts'
import type { RecordedFacts } from '../../domain/abnormal-facts.ts'
import {
  type AbnormalRule,
  decisiveFinding,
  judgeOrder,
  ORDINARY_ORDER,
  outcomeOf,
  withoutReleased,
} from '../../domain/abnormal-order.ts'
import { addressText, readAddress } from '../../domain/address.ts'
import { rulesThatStopAnything, tryAbnormalOrder } from '../../domain/policy-trials.ts'

const { initial } = abnormalOrder
const judge = (differs: Partial<RecordedFacts>) =>
  judgeOrder(initial, { ...ORDINARY_ORDER, ...differs }).map(({ rule }) => rule)

const rule = (differs: Partial<AbnormalRule>): AbnormalRule => ({
  ...{ name: 'any', condition: true, tag: 'any', severity: 'low', action: 'note', handler: null },
  releasedBy: ['ops'],
  ...differs,
})

describe('the default rules', () => {
  test('find nothing in an ordinary order, and no rule stops every order', () => {
    expect(judge({})).toEqual([])
    expect(rulesThatStopAnything(initial)).toEqual([])
  })

  test.each<[Partial<RecordedFacts>, string[]]>([
    [{ customerOrders: 3, amountTimesUsual: 5 }, ['amount-unusual']],
    [{ customerOrders: 2, amountTimesUsual: 50 }, []],
    [{ quantityTimesUsual: 5 }, ['quantity-unusual']],
    [{ ordersToAddressLastDay: 10 }, ['address-repeated']],
    [{ ordersToPhoneLastDay: 10 }, ['phone-repeated']],
    [{ divisionCode: '540102' }, ['remote-area']],
    [{ lowestPricePercent: 49 }, ['price-unusual']],
    [{ highestPricePercent: 201 }, ['price-unusual']],
    [{ duplicatesLastHour: 1 }, ['order-repeated']],
    [{ phoneKind: 'hidden' }, []],
    [{ phoneKind: 'privacy' }, []],
    [{ phoneKind: 'invalid', detailCharacters: 2 }, ['address-too-short', 'phone-invalid']],
    [{ addressReadable: false, divisionLevel: 'district' }, []],
  ])('%j: %j', (facts, expected) => {
    expect(judge(facts)).toEqual(expected)
  })

  test('a finding names the facts that fired, and no others', () => {
    const [finding] = judgeOrder(initial, { ...ORDINARY_ORDER, detailCharacters: 2 })
    expect(finding).toMatchObject({ because: 'detailCharacters 2', facts: { detailCharacters: 2 } })
  })
})

describe('findings', () => {
  test('the strictest action counts, and of equals the first rule has the order', () => {
    const policy = {
      remoteDivisions: [],
      rules: [
        rule({ name: 'a' }),
        rule({ name: 'b', action: 'hold' }),
        rule({ name: 'c', action: 'block' }),
        rule({ name: 'd', action: 'block' }),
      ],
    }
    const findings = judgeOrder(policy, ORDINARY_ORDER)
    expect(findings.map((finding) => finding.rule)).toEqual(['a', 'b', 'c', 'd'])
    expect(outcomeOf(findings)).toBe('blocked')
    expect(decisiveFinding(findings)?.rule).toBe('c')
    expect(outcomeOf([])).toBe('clear')
    expect(outcomeOf(findings.slice(0, 1))).toBe('noted')
    expect(outcomeOf(findings.slice(0, 2))).toBe('held')
  })

  test('what a person has let go holds no more, unless the facts are others', () => {
    const held = judgeOrder(initial, { ...ORDINARY_ORDER, detailCharacters: 2 })
    const again = withoutReleased(held, [{ rule: 'address-too-short', facts: { detailCharacters: 2 } }])
    expect(again).toMatchObject([{ action: 'note', wasReleased: true }])
    const others = withoutReleased(held, [{ rule: 'address-too-short', facts: { detailCharacters: 3 } }])
    expect(others).toMatchObject([{ action: 'hold', wasReleased: false }])
  })

  test('a rule that is always true stops an ordinary order, and a dry run can tell which', () => {
    const policy = { ...initial, rules: [...initial.rules, rule({ name: 'all', action: 'hold' })] }
    expect(rulesThatStopAnything(policy)).toEqual([initial.rules.length])
    expect(tryAbnormalOrder(policy, ORDINARY_ORDER)).toMatchObject({
      refused: true,
      stoppedBy: [initial.rules.length],
    })
  })
})

describe('addresses', () => {
  test('no text makes the parser fail, and nothing of the text is in the verdict', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('330106', '330000', '110105', '000000', '441900'),
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 80 }),
          fc
            .array(
              fc.constantFrom(
                '浙江',
                '浙江省',
                '杭州',
                '杭州市',
                '西湖区',
                '鼓楼区',
                '文三路',
                '3号',
                ' ',
                '北京市',
                '新村',
              ),
              { maxLength: 10 },
            )
            .map((parts) => parts.join('')),
        ),
        (code, address) => {
          const verdict = readAddress(code, address)
          expect(verdict.isAmbiguous && verdict.isContradictory).toBe(false)
          expect(verdict.divisionCode).toMatch(/^\d{6}$/)
          expect(verdict.detailCharacters).toBeLessThanOrEqual(address.normalize('NFKC').length)
        },
      ),
    )
  })

  test.each([
    ['330106', '浙江省杭州市西湖区文三路478号 3-201'],
    ['330106', '文三路478号3-201'],
    ['330000', '浙江杭州市西湖区 文三路４７８号,3-201'],
  ])('one door is the same however it is written: %s %s', (code, address) => {
    expect(addressText(code, address)).toBe('330106 文三路478号3 201')
  })

  test('another house, and what nobody can read, are not the same door', () => {
    expect(addressText('330106', '文三路478号32-01')).not.toBe(addressText('330106', '文三路478号3-201'))
    expect(addressText('330106', '文三路***')).toBeNull()
    expect(addressText('330106', '家里')).toBeNull()
    expect(addressText('330106', '西湖区')).toBeNull()
  })
})
