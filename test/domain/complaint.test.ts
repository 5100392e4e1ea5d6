import { expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import { complaintOf } from '../../domain/complaint.ts'

const { refundReasons } = POLICIES['health-score'].initial

test.each([
  ['商品破损/包装问题', 'damaged'],
  ['质量问题', 'quality'],
  ['卖家发错货', 'wrong_item'],
  ['少件/漏发', 'missing_item'],
  ['未按约定时间发货', 'late_shipping'],
  ['快递一直未送到', 'late_delivery'],
  ['未收到货', 'not_received'],
  ['与商品描述不符', 'not_as_described'],
  ['假冒品牌', 'counterfeit'],
  ['质 量 问 题', 'quality'],
  ['７天无理由退货', null],
  ['拍错/多拍/不喜欢', null],
  ['商品破损/污渍', 'damaged'],
  ['收到商品少件/破损/污渍等', 'damaged'],
  ['商品与页面描述不符', 'not_as_described'],
  ['货物与描述不符', 'not_as_described'],
  ['快递/物流一直未送到', 'late_delivery'],
  ['其他原因', null],
  ['不想要了', null],
  ['some words that nobody knows', null],
  ['', null],
])('the reason %s of a refund is a complaint of %s', (reason, category) =>
  expect(complaintOf(reason, refundReasons)).toBe(category),
)

test('the first rule whose words are in it decides', () => {
  const rules = [
    { words: ['无理由'], category: null },
    { words: ['理由'], category: 'other' as const },
  ]
  expect(complaintOf('七天无理由', rules)).toBeNull()
  expect(complaintOf('没有理由', rules)).toBe('other')
})
