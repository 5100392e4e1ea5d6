import type { Page, Route } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { SCREENS as MENU, OFFERED, rolesAt } from '../../console/src/session/screens.ts'
import { ROLES } from '../../domain/role.ts'
import { fillScreens, isLoaded, loading, NO_SCREENS, routesOf, SCREENS, WALK_MS, walk } from './screens.ts'
import { HUB_URL, PATIENCE_MS, type Role, useBrowser } from './support.ts'

const browser = useBrowser()

let paths: ReadonlyMap<string, string>
beforeAll(async () => {
  paths = await fillScreens(browser.open)
})

test('every address of the router is one of the screens that these tests walk', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/orders')
  await page.getByRole('heading', { level: 1 }).waitFor()
  const walked = new Set([...SCREENS.map(({ route }) => route), ...NO_SCREENS])
  expect([...walked].sort()).toEqual((await routesOf(page)).sort())
})

type Answer = 'hold' | 'fail' | 'away' | 'pass'

/** Stands between the page and what it asks the hub; who is signed in is always told. */
async function between(page: Page): Promise<{ say: (answer: Answer) => void }> {
  let answer: Answer = 'hold'
  let held: Route[] = []
  const settle = (route: Route): Promise<void> | undefined => {
    if (answer === 'hold') {
      held.push(route)
      return undefined
    }
    if (answer === 'pass') return route.continue()
    if (answer === 'away') return route.abort('internetdisconnected')
    return route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      headers: { 'x-request-id': 'request-of-the-test' },
      body: JSON.stringify({
        ...{ type: 'about:blank', status: 500, code: 'internal', detail: 'not for people' },
        ...{ title: 'Something went wrong on our side', titleZh: '服务器内部错误' },
      }),
    })
  }
  await page.route(
    (url) => url.pathname.startsWith('/v1/') && url.pathname !== '/v1/session',
    (route) => settle(route),
  )
  return {
    say: (next) => {
      answer = next
      const released = held
      held = []
      for (const route of released) void settle(route)
    },
  }
}

const loaded = (page: Page, when: string) =>
  expect.poll(() => loading(page).count(), { timeout: PATIENCE_MS, message: `loading ends ${when}` }).toBe(0)
/** As people find it: with what happened, what to do, and the button that does it. */
const failure = (page: Page, what: string, todo: string, button: string) =>
  page
    .getByRole('alert')
    .filter({ hasText: what })
    .filter({ hasText: todo })
    .filter({ has: page.getByRole('button', { name: button }) })

/** Asks for nothing before somebody has filled it in, but for the names in its fields. */
const FORMS = new Set(['a new transfer', 'a new promotion'])

test(
  'every screen says that it loads, what went wrong and what to do in both languages, and goes on when asked again',
  async () => {
    const faults = await walk(paths, SCREENS, async ({ name, path, as }) => {
      const { page, complaints } = await browser.open({ as })
      const hub = await between(page)
      await page.goto(path)
      if (!FORMS.has(name)) await loading(page).first().waitFor()
      hub.say('fail')
      await failure(page, '服务器内部错误', '请稍后重试', '重试').first().waitFor()
      await loaded(page, 'while the hub fails')
      hub.say('away')
      await network(page, false)
      await pressAll(page, '重试')
      await failure(page, '无法连接订单中台', '请稍后重试', '重试').first().waitFor()
      await inEnglish(page)
      await failure(page, 'The hub cannot be reached', 'try again', 'Try again').first().waitFor()
      hub.say('pass')
      await network(page, true)
      await pressAll(page, 'Try again')
      await expect
        .poll(() => page.getByRole('button', { name: 'Try again' }).count(), {
          timeout: PATIENCE_MS,
          message: 'asked again, it goes on',
        })
        .toBe(0)
      await loaded(page, 'when the hub is back')
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.context().close()
      return complaints
    })
    expect(faults).toEqual([])
  },
  WALK_MS,
)

/** What the browser believes of its network: a console that believes it would wait where it should speak. */
async function network(page: Page, isThere: boolean): Promise<void> {
  await page.evaluate((onLine) => {
    Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => onLine })
    window.dispatchEvent(new Event(onLine ? 'online' : 'offline'))
  }, isThere)
}

/** Each of several parts that failed has its own. */
async function pressAll(page: Page, name: string): Promise<void> {
  // All at once: one that was pressed may take another with it.
  await page.getByRole('button', { name }).evaluateAll((buttons) => {
    for (const button of buttons) if (button instanceof HTMLElement) button.click()
  })
}

async function inEnglish(page: Page): Promise<void> {
  const language = page.getByRole('button', { name: 'English' })
  if ((await language.count()) > 0) return language.click()
  await page.evaluate(() => localStorage.setItem('order-hub.language', 'en'))
  await page.reload()
}

/** Names for choices; a screen may show an empty list of them without a word. */
const CHOICES =
  /\/v1\/(stores|warehouses|skus|platforms|policies|session|saved-views|work-items\/(kinds|assignees)|customer-segments|subscriptions\/event-types)/
const NOTHING = /暂无|没有|尚未|尚无|无需|未发现|均已|✓/

test(
  'every screen whose list is empty says so',
  async () => {
    const faults = await walk(paths, SCREENS, async ({ path, as }) => {
      const { page, complaints } = await browser.open({ as })
      const emptied: string[] = []
      await page.route(
        (url) =>
          url.pathname.startsWith('/v1/') && !CHOICES.test(url.pathname) && url.pathname !== '/v1/events',
        async (route) => {
          if (route.request().method() !== 'GET') return route.continue()
          if (route.request().headers().accept?.includes('event-stream')) return route.continue()
          const response = await route.fetch()
          const body: unknown = await response.json().catch(() => null)
          if (typeof body !== 'object' || body === null || !('items' in body))
            return route.fulfill({ response })
          emptied.push(route.request().url())
          return route.fulfill({ response, json: { ...body, items: [], nextCursor: null } })
        },
      )
      await page.goto(path)
      await isLoaded(page)
      const text = await page.locator('main').innerText()
      const states = await page.locator('main .state').count()
      const isSaid = emptied.length === 0 || states > 0 || NOTHING.test(text)
      await page.context().close()
      return [...complaints, ...(isSaid ? [] : [`says nothing of ${emptied.join(' ')}`])]
    })
    expect(faults).toEqual([])
  },
  WALK_MS,
)

test(
  'whoever may not see a screen is told so and whom to ask, and is not offered it',
  async () => {
    const faults = await walk(paths, SCREENS, async ({ path }) => {
      const roles = rolesAt(new URL(path, HUB_URL).pathname)
      const other: Role | undefined = ROLES.find((role) => roles !== null && !roles.includes(role))
      // Their own account is everybody's.
      if (roles === null) return path.startsWith('/settings') ? [] : ['nobody is kept out']
      if (other === undefined) return []
      const { page, complaints } = await browser.open({ as: other })
      // A screen that is not there to be seen asks for nothing either.
      const refused: string[] = []
      page.on('response', (answer) => {
        if (answer.status() >= 400) refused.push(answer.url())
      })
      // An inspector's way to the overview leads to what they are sent to.
      if (path === '/') return []
      await page.goto(path)
      await page.getByRole('heading', { level: 1, name: '没有权限' }).waitFor()
      await page.getByText(/请联系管理员.*当前角色/).waitFor()
      const offered = await page.getByRole('navigation', { name: '主导航' }).getByRole('link').all()
      const hrefs = await Promise.all(offered.map((link) => link.getAttribute('href')))
      const wrong = MENU.filter(
        ({ key, path: to }) => hrefs.includes(to) && !(OFFERED[key] as readonly Role[]).includes(other),
      )
      await page.context().close()
      return [...complaints, ...refused, ...wrong.map(({ key }) => `offers ${key} to ${other}`)]
    })
    expect(faults).toEqual([])
  },
  WALK_MS,
)
