import { describe, expect, test } from 'vitest'
import { type ChangeCardFacts, changeCardContent, settledCardText } from '../../domain/change-card.ts'

const facts = (more: Partial<ChangeCardFacts> = {}): ChangeCardFacts => ({
  number: 'CR-20261128-0042',
  type: 'price',
  storeName: '一店',
  applicant: '小王',
  differenceCents: -4_999,
  concessionCents: 4_999,
  dueAt: null,
  shipBy: null,
  ...more,
})

describe('the card that asks', () => {
  test('says what it costs, until when it is asked for and what the customer was promised, by China’s clock', () => {
    const dueAt = new Date('2026-11-28T04:05:00Z')
    const shipBy = new Date('2026-11-28T16:30:00Z')
    expect(changeCardContent(facts({ dueAt, shipBy }))).toEqual({
      title: '改价申请 CR-20261128-0042',
      description: '应收减少 ¥49.99',
      facts: [
        { name: '店铺', value: '一店' },
        { name: '申请人', value: '小王' },
        { name: '让利', value: '¥49.99' },
        { name: '截止', value: '11-28 12:05' },
        { name: '承诺发货', value: '11-29 00:30' },
      ],
      note: '',
    })
  })

  test('is silent about what there is not: no promise, no end, nothing given away', () => {
    const { description, facts: said } = changeCardContent(facts({ differenceCents: 0, concessionCents: 0 }))
    expect(description).toBe('应收金额不变')
    expect(said.map(({ name }) => name)).toEqual(['店铺', '申请人'])
  })
})

test.each([
  ['of whoever was reminded', { isReminded: true }, '已再次提醒'],
  ['of a level whose time is over', { isHigherLevel: true }, '已升级至上一级'],
  ['of somebody whose place another took', {}, '无需处理'],
  ['of an earlier version', { isNewerVersion: true }, '已重新提交'],
])('the card %s says so in the place of its buttons', (_, more, text) => {
  const settled = {
    ...({ status: 'in_approval', isNewerVersion: false, isHigherLevel: false, isReminded: false } as const),
    ...{ decision: null, ...more },
  }
  expect(settledCardText(settled)).toBe(text)
})
