import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { fillScreens, isLoaded, SCREENS, WALK_MS, walk } from './screens.ts'
import { useBrowser } from './support.ts'

const browser = useBrowser()

let paths: ReadonlyMap<string, string>
beforeAll(async () => {
  paths = await fillScreens(browser.open)
})

/** What of the texts of a page is written otherwise than everywhere else. */
function otherwise(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const MOMENT = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/
    const AMOUNT = /[+-]?¥\d{1,3}(,\d{3})*\.\d{2}(?!\d)/g
    const found: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const text = node.textContent ?? ''
      const within = node.parentElement
      if (within === null || within.closest('script, style, pre, textarea') !== null) continue
      if (MOMENT.test(text) && within.closest('[title*="UTC"]') === null) found.push(`no zone: ${text}`)
      if (/\d[T]\d{2}:\d{2}.*Z/.test(text)) found.push(`not local: ${text}`)
      const rest = text.replaceAll(AMOUNT, '').trim()
      if ((/[¥￥]/.test(rest) && rest !== '¥') || /\d\s*元/.test(rest)) found.push(`an amount: ${text}`)
    }
    for (const time of document.querySelectorAll('time')) {
      if (!time.title.includes('UTC')) found.push(`a time without its zone: ${time.outerHTML}`)
    }
    // A tint, a dot or a bar alone says nothing to whoever does not see colours.
    for (const mark of document.querySelectorAll('.tag, .ant-badge-status, .ant-alert, [class*="matrix-"]')) {
      if ((mark.textContent ?? '').trim() === '' && mark.closest('[aria-hidden]') === null)
        found.push(`colour alone: ${mark.outerHTML.slice(0, 120)}`)
    }
    return [...new Set(found)]
  })
}

test.each(['zh-CN', 'en'])(
  'on every screen times are local with their zone, amounts are like ¥1,234.50, and no status is told by colour alone: %s',
  async (language) => {
    const faults = await walk(paths, SCREENS, async ({ path, as }) => {
      const { page } = await browser.open({ as })
      await page.addInitScript((chosen) => localStorage.setItem('order-hub.language', chosen), language)
      await page.goto(path)
      await isLoaded(page)
      const found = await otherwise(page)
      await page.context().close()
      return found
    })
    expect(faults).toEqual([])
  },
  WALK_MS,
)
