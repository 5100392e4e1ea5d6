import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { fillScreens, isLoaded, SCREENS, WALK_MS, walk } from './screens.ts'
import { askForDiscount, type Role, untilChange, useBrowser } from './support.ts'

const browser = useBrowser()
/** More than any screen has; whoever presses so often without coming round is caught somewhere. */
const MOST_TABS = 600
/** A field for a day and a time takes one for each of its parts, and one for its calendar. */
const MOST_TABS_WITHIN = 8

let paths: ReadonlyMap<string, string>
beforeAll(async () => {
  paths = await fillScreens(browser.open)
})

/** Remembers in the page what can be pressed or typed into, and how each looks while it is not focused. */
async function lookAround(page: Page): Promise<void> {
  await page.evaluate(() => {
    const near = (element: Element) => [
      element,
      ...[element.parentElement, element.parentElement?.parentElement, element.nextElementSibling].filter(
        (each) => each instanceof Element,
      ),
      // The component library draws the ring of a choice and of a field around what holds it.
      ...[element.closest('[class*="-wrapper"], .ant-select, .ant-segmented-item, .ant-picker')].filter(
        (each) => each !== null,
      ),
    ]
    const ring = (element: Element) =>
      near(element)
        .map((each) => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each)
          return `${outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineWidth}`}|${boxShadow}`
        })
        .join('/')
    const isThere = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      element.closest('[inert], [aria-hidden="true"]') === null &&
      element.getBoundingClientRect().width > 0
    /** Of radio buttons only the chosen one takes the focus; arrows lead to the others. */
    const isStop = (element: Element) =>
      !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked)
    const ACTIVE =
      'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]'
    const all = [...document.querySelectorAll(ACTIVE)].filter((each) => isThere(each) && isStop(each))
    const before = new Map(all.map((element) => [element, ring(element)]))
    // What says by its cursor that it can be pressed, and neither is nor holds nor lies in what takes the focus.
    const pressed = [...document.querySelectorAll('main *')].filter(
      (each) =>
        isThere(each) &&
        getComputedStyle(each).cursor === 'pointer' &&
        // Arrows do in a field for a number what these two do.
        each.closest(`${ACTIVE}, label, .ant-select, .ant-picker, [class*="ant-input-number-action"], tr`) ===
          null &&
        each.querySelector(ACTIVE) === null,
    )
    Object.assign(globalThis, { walked: { before, ring, pressed, seen: new Set<Element>() } })
  })
}

type Step = { name: string; isNew: boolean; hasRing: boolean } | null

/** Where the focus is after another Tab; null where the page has been gone round. */
function step(page: Page): Promise<Step> {
  return page.evaluate(() => {
    const { before, ring, seen } = Reflect.get(globalThis, 'walked')
    const at = document.activeElement
    if (at === null || at === document.body) return null
    const name =
      `${at.tagName.toLowerCase()} ${at.getAttribute('aria-label') ?? at.textContent ?? ''} ${at.className}`.slice(
        0,
        120,
      )
    const isNew = !seen.has(at)
    seen.add(at)
    const unfocused = before.get(at)
    return { name, isNew, hasRing: unfocused === undefined || unfocused !== ring(at) }
  })
}

/** What the focus has not come to, though it is still there. */
function missed(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { before, pressed, seen } = Reflect.get(globalThis, 'walked')
    const left = [...before.keys(), ...pressed].filter((each) => each.isConnected && !seen.has(each))
    return left.map((each) => `not reached: ${each.outerHTML.slice(0, 160)}`)
  })
}

test(
  'on every screen Tab alone comes to all that can be pressed, shows where it is, and is caught nowhere',
  async () => {
    const faults = await walk(paths, SCREENS, async ({ path, as }) => {
      const { page } = await browser.open({ as })
      await page.goto(path)
      await isLoaded(page)
      await lookAround(page)
      const found = new Set<string>()
      let tabs = 0
      let lingers = 0
      for (; tabs < MOST_TABS; tabs += 1) {
        await page.keyboard.press('Tab')
        const at = await step(page)
        if (at === null) break
        lingers = at.isNew ? 0 : lingers + 1
        // Round, or caught: what is missed then says which of the two.
        if (lingers > MOST_TABS_WITHIN) break
        if (!at.hasRing) found.add(`no sign of the focus: ${at.name}`)
      }
      found.add(tabs === MOST_TABS ? 'does not come round' : '')
      for (const each of await missed(page)) found.add(each)
      found.delete('')
      await page.context().close()
      return [...found]
    })
    expect(faults).toEqual([])
  },
  WALK_MS,
)

/** What opens something over the page, on each screen that has such a thing: who opens it, where, and by which button. */
const OPENERS = [
  ['an article', 'ops', '/stock', (page) => page.getByRole('row', { name: /SKU-0001/ }).getByRole('button')],
  ['a new count', 'ops', '/stock/counts', (page) => page.getByRole('button', { name: '新建盘点' })],
  ['a new presale', 'ops', '/stock/presales', (page) => page.getByRole('button', { name: '新建预售' })],
  ['a new shop', 'ops', '/shops', (page) => page.getByRole('button', { name: '接入店铺' })],
  ['a new subscription', 'ops', '/subscriptions', (page) => page.getByRole('button', { name: '新建订阅' })],
  [
    'a new person',
    'admin',
    '/settings?part=people',
    (page) => page.getByRole('button', { name: '新建账号' }),
  ],
  ['an entry', 'admin', '/reports/audit', (page) => page.locator('tbody').getByRole('button').first()],
  ['a flow', 'admin', '/reports/data-flow', (page) => page.locator('tbody').getByRole('button').first()],
  ['what the wall shows', 'ops', '/wall', (page) => page.getByRole('button', { name: '选择重点商品' })],
] as const satisfies readonly (readonly [string, Role, string, (page: Page) => Locator])[]

test.each(OPENERS)(
  'over the page, %s is entered by keys, left by Esc, and leads back to what opened it',
  async (_name, as, path, find) => {
    const { page } = await browser.open({ as })
    await page.goto(path)
    await isLoaded(page)
    const opener = find(page)
    await opener.focus()
    await page.keyboard.press('Enter')
    const over = page.getByRole('dialog')
    await over.waitFor()
    await page.keyboard.press('Tab')
    await expect.poll(() => over.evaluate((each) => each.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await over.waitFor({ state: 'hidden' })
    await expect.poll(() => opener.evaluate((each) => each === document.activeElement)).toBe(true)
  },
)

test('a question before what cannot be taken back is answered by keys, the safe answer first', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  const { changeId } = await askForDiscount(page)
  await untilChange(page, changeId, ({ status }) => status === 'in_approval')
  await page.goto(`/change-requests/${changeId}`)
  const opener = page.getByRole('button', { name: '撤回申请' }).first()
  const asked = page.getByRole('tooltip')
  const isBack = () => opener.evaluate((each) => each === document.activeElement)
  for (const leaving of ['Escape', 'Enter']) {
    await opener.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('取消')
    await page.keyboard.press(leaving)
    await asked.waitFor({ state: 'hidden' })
    await expect.poll(isBack).toBe(true)
  }
  await page.keyboard.press('Enter')
  await asked.waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await untilChange(page, changeId, ({ status }) => status === 'withdrawn')
})
