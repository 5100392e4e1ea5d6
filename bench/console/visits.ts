import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import type { Role } from '../../domain/role.ts'
import { findChromium } from '../../scripts/parts/chromium.ts'
import type { RunInfo } from '../../scripts/parts/run-file.ts'

const DESKTOP = { width: 1_440, height: 900 }
const PHONE = { width: 360, height: 740 }
const GIVE_UP_MS = 60_000
const LOOK_AGAIN_MS = 20
/** Of a page that did not get anywhere, so that one sees why. */
const SHOWN_CHARACTERS = 400

/** A list of the console, who looks at it, and how one sees that it can be used. */
export type Screen = {
  path: string
  as: Role
  viewport: { width: number; height: number }
  row: string
  marked: string
}
const inbox = { path: '/approvals', as: 'team_lead', row: '.inbox-entry' } as const
export const SCREENS: Record<'orders' | 'approvals' | 'approvals-phone', Screen> = {
  orders: {
    ...{ path: '/orders', as: 'ops', viewport: DESKTOP },
    ...{ row: 'tr.row-opens', marked: 'tr.row-marked' },
  },
  approvals: { ...inbox, viewport: DESKTOP, marked: '.inbox-open' },
  // There is no room for the list beside the request.
  'approvals-phone': { ...inbox, viewport: PHONE, marked: '.approval' },
}

/** What people do with a list of orders; the store is one of the sample stores. */
export const TURNS: Record<string, (page: Page) => Promise<void>> = {
  page: (page) => page.getByRole('button', { name: '下一页' }).click(),
  status: (page) => choose(page, '状态', '已完成'),
  store: (page) => choose(page, '门店', '天猫官方旗舰店'),
  sort: (page) => choose(page, '排序', '最早在前'),
  find: async (page) => {
    const field = page.getByLabel('渠道单号 / 订单号')
    await field.fill('BENCH-777')
    await field.press('Enter')
  },
}

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field, exact: true }).click()
  await page.locator(`.ant-select-item-option[title="${option}"]`).click()
}

/** Looks at a hub's console in the system's Chromium. */
export class Visitors {
  readonly #browser: Browser
  readonly #hub: RunInfo
  readonly #inPage: string

  private constructor(browser: Browser, hub: RunInfo, inPage: string) {
    this.#browser = browser
    this.#hub = hub
    this.#inPage = inPage
  }

  static async open(hub: RunInfo): Promise<Visitors> {
    const { chromium } = await import('playwright-core')
    const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] })
    return new Visitors(browser, hub, await readFile(join(import.meta.dirname, 'in-page.js'), 'utf8'))
  }

  close(): Promise<void> {
    return this.#browser.close()
  }

  /** ms from the navigation until the screen can be used, in a browser that has never been here. */
  cold(screen: Screen): Promise<number> {
    return this.#signedIn(screen, (context) => this.#use(context, screen))
  }

  /** The same so many times by somebody who has been here before. */
  warm(screen: Screen, times: number): Promise<number[]> {
    return this.#signedIn(screen, async (context) => {
      await this.#use(context, screen)
      const taken: number[] = []
      for (let count = 0; count < times; count += 1) taken.push(await this.#use(context, screen))
      return taken
    })
  }

  /** ms from what somebody does on the list of orders until it shows what they asked for. */
  turn(act: (page: Page) => Promise<void>): Promise<number> {
    const screen = SCREENS.orders
    return this.#signedIn(screen, (context) =>
      this.#visit(context, screen, async (page) => {
        await page.evaluate('measured.awaitTurn()')
        await act(page)
        return told(page, 'turnedMs')
      }),
    )
  }

  async #signedIn<Result>(
    { as, viewport }: Screen,
    visit: (context: BrowserContext) => Promise<Result>,
  ): Promise<Result> {
    const account = this.#hub.accounts.find(({ role }) => role === as)
    if (!account) throw new Error(`the hub has no account of role ${as}`)
    const context = await this.#browser.newContext({ baseURL: this.#hub.api, viewport, locale: 'zh-CN' })
    try {
      const data = { userName: account.user, password: account.password }
      const answer = await context.request.post('/v1/session', { data })
      if (!answer.ok()) throw new Error(`${account.user} could not sign in: ${await answer.text()}`)
      return await visit(context)
    } finally {
      await context.close()
    }
  }

  #use(context: BrowserContext, screen: Screen): Promise<number> {
    return this.#visit(context, screen, (page) => told(page, 'usableAtMs'))
  }

  /** Opens the screen, and closes it when it was looked at. */
  async #visit(
    context: BrowserContext,
    screen: Screen,
    look: (page: Page) => Promise<number>,
  ): Promise<number> {
    const page = await context.newPage()
    try {
      const { row, marked } = screen
      await page.addInitScript({ content: `${this.#inPage}\nawaitUse(${JSON.stringify({ row, marked })})` })
      await page.goto(screen.path, { waitUntil: 'commit' })
      await told(page, 'usableAtMs')
      return await look(page)
    } finally {
      await page.close()
    }
  }
}

/** What the page has measured, once it has. */
async function told(page: Page, what: 'usableAtMs' | 'turnedMs'): Promise<number> {
  for (const giveUpAt = Date.now() + GIVE_UP_MS; ; ) {
    const value = z
      .number()
      .nullable()
      .parse(await page.evaluate(`measured.${what}`))
    if (value !== null) return value
    if (Date.now() > giveUpAt) {
      const shown = (await page.locator('body').innerText()).replace(/\s+/g, ' ').slice(0, SHOWN_CHARACTERS)
      throw new Error(`${page.url()} did not get as far as ${what}; it shows: ${shown}`)
    }
    await delay(LOOK_AGAIN_MS)
  }
}
