import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import { WORDS_AT_ONCE, WordMatcher } from '../../domain/sensitive-words.ts'

function matcherOf(...words: string[]): WordMatcher {
  const matcher = new WordMatcher()
  matcher.add('any', words)
  return matcher
}

describe('sensitive words', () => {
  test.each([
    ['as it is', '先别发货'],
    ['with spaces', '先 别　发 货'],
    ['with punctuation', '先.别-发_货!'],
    ['with marks that are not seen', '先\u200b别\u200b发\u2060货'],
    ['in traditional characters', '先別發貨'],
    ['with something in front and behind', '请先别发货，谢谢'],
  ])('a word is found %s', (_, remark) => {
    expect(matcherOf('先别发货').find(remark)).toEqual([{ category: 'any', words: 1 }])
  })

  test.each([
    '暫緩發貨 撤銷訂單 拍重複 重復下單 地址有誤 變更地址 號碼寫錯'.split(' '),
    '消費者協會 市場監管 律師 假一賠 欺詐 騙子 索賠 賠償 媒體'.split(' '),
    '虛擬發貨 好評返現 補單 加企鵝 線下交易 微信轉賬 支付寶轉賬'.split(' '),
    '氣槍 子彈 管製刀具 煙花 搖頭丸 假幣 身份證代辦 竊聽器 電擊棒'.split(' '),
  ])('the words that ship are found in traditional characters: %s, …', (...remarks) => {
    const matcher = new WordMatcher()
    for (const { category, words } of POLICIES['sensitive-words'].initial.categories)
      matcher.add(category, words)
    expect(remarks.filter((remark) => matcher.find(remark).length === 0)).toEqual([])
  })

  test('letters are found in any width and case, but not within other words', () => {
    const matcher = matcherOf('vx', '12315')
    expect(matcher.find('加ＶＸ')).toHaveLength(1)
    expect(matcher.find('v x')).toHaveLength(1)
    expect(matcher.find('devxyz')).toEqual([])
    expect(matcher.find('单号9123156')).toEqual([])
    expect(matcher.find('１２３１５')).toHaveLength(1)
  })

  test('different words are counted, each once, by their categories', () => {
    const matcher = new WordMatcher()
    matcher.add('one', ['投诉', '举报'])
    matcher.add('two', ['投诉'])
    expect(matcher.find('投诉投诉，举报')).toEqual([
      { category: 'one', words: 2 },
      { category: 'two', words: 1 },
    ])
  })

  test('a dictionary larger than one piece is built piece by piece, and finds the words of each', () => {
    const words = Array.from({ length: 12_000 }, (_, index) => `违${index.toString(36)}禁`)
    const matcher = new WordMatcher()
    let longestMs = 0
    for (let from = 0; from < words.length; from += WORDS_AT_ONCE) {
      const startedAtMs = performance.now()
      matcher.add('many', words.slice(from, from + WORDS_AT_ONCE))
      longestMs = Math.max(longestMs, performance.now() - startedAtMs)
    }
    for (const index of [0, 1, 4_999, 5_000, 11_999]) {
      expect(matcher.find(`买 ${words[index]?.split('').join(' ')} 吗`)).toEqual([
        { category: 'many', words: 1 },
      ])
    }
    expect(matcher.find('麻烦尽快发货，谢谢'.repeat(50))).toEqual([])
    // Other work waits for one piece at a time; generous, for a machine that is busy.
    expect(longestMs).toBeLessThan(3_000)
  })

  test('whatever is written, it is searched without an error, and what was put in is found', () => {
    const word = fc.stringMatching(/^[\u4e00-\u9fa5]{2,6}$/)
    const text = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(word, text, text, (one, before, after) => {
        const found = matcherOf(one).find(`${before}。${one}。${after}`)
        expect(found).toEqual([{ category: 'any', words: 1 }])
      }),
    )
  })
})
