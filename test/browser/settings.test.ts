import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ask, barriers, HUB_URL, makePerson, useBrowser } from './support.ts'

const browser = useBrowser()
const FIRST = 'a long first password'

async function signIn(page: Page, userName: string, password: string): Promise<void> {
  await page.getByLabel('用户名').fill(userName)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.getByRole('button', { name: '登录' }).click()
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('用户名').waitFor()
}

test('an administrator lets somebody in with a first password, which opens nothing before they have taken their own, nor after', async () => {
  const userName = `person-${uuid().slice(-12)}`
  const own = `my own ${uuid()}`
  const { page: admin } = await browser.open({ as: 'admin' })
  await admin.goto('/settings?part=people')
  await admin.getByRole('button', { name: '新建账号' }).click()
  const form = admin.getByRole('dialog', { name: '新建账号' })
  await form.getByLabel('用户名').fill(userName)
  await form.getByLabel('姓名').fill('李雷')
  const make = form.getByRole('button', { name: '新建账号' })
  await form.getByLabel(/初始密码/).fill('too short')
  expect(await make.isDisabled()).toBe(true)
  await form.getByLabel(/初始密码/).fill(FIRST)
  expect(await barriers(admin)).toEqual([])
  await make.click()
  await form.waitFor({ state: 'hidden' })

  const { page, complaints } = await browser.open()
  const refused: string[] = []
  page.on('response', (answer) => {
    if (answer.status() === 403) refused.push(answer.url())
  })
  await page.goto('/orders')
  await signIn(page, userName, FIRST)
  await page.getByText('他人也知道').waitFor()
  expect(await page.getByRole('navigation').count()).toBe(0)
  expect(await barriers(page)).toEqual([])
  await page.goto('/settings')
  await page.getByText('他人也知道').waitFor()
  expect(refused).toEqual([])
  const section = page.getByRole('region', { name: '修改密码' })
  await section.getByLabel('当前密码').fill(FIRST)
  await section.getByLabel('新密码', { exact: true }).fill(own)
  await section.getByLabel('再次输入新密码').fill(own)
  await section.getByRole('button', { name: '修改密码' }).click()
  await signIn(page, userName, FIRST)
  await page.getByRole('alert').getByText('用户名或密码错误').waitFor()
  await signIn(page, userName, own)
  await page.getByRole('region', { name: '我的账号' }).getByText(userName).first().waitFor()
  expect(complaints).toEqual([])
})

test('whoever follows a link to a part of the settings that is not theirs is told so and whose it is, and asks for nothing of it', async () => {
  const { page, complaints } = await browser.open({ as: 'clerk' })
  const refused: string[] = []
  page.on('response', (answer) => {
    if (answer.status() >= 400) refused.push(answer.url())
  })
  for (const [part, roles] of [
    ['people', '管理员'],
    ['keys', '管理员'],
    ['calendar', '区域总监 / 总部财务 / 运营 / 管理员'],
  ]) {
    await page.goto(`/settings?part=${part}`)
    await page.getByText('没有权限查看此页面').waitFor()
    await page.getByText(`可查看此页面的角色：${roles}`, { exact: true }).waitFor()
    expect(await page.getByRole('region', { name: '我的账号' }).count()).toBe(0)
  }
  expect(await barriers(page)).toEqual([])
  await page.getByText('我的账号').click()
  await page.getByRole('region', { name: '我的账号' }).waitFor()
  expect([...refused, ...complaints]).toEqual([])
})

test('a second factor is asked for after the password; a code of the device opens once, a recovery code in its place', async () => {
  const userName = `person-${uuid().slice(-12)}`
  const { page: admin } = await browser.open({ as: 'admin' })
  const password = await makePerson(admin, { userName, displayName: '韩梅梅', role: 'clerk' })
  const { page, complaints } = await browser.open()
  await page.goto('/settings')
  await signIn(page, userName, password)
  const section = page.getByRole('region', { name: '两步验证' })
  await section.getByText('未启用').waitFor()
  const { secret } = await ask(page, 'POST', '/v1/session/second-factor', { password })
  const device = new TOTP({ secret: Secret.fromBase32(String(secret)) })
  /** What the device shows; `ahead`: in its next half minute, which the hub's clock may have begun already. */
  const code = (ahead = 0) => device.generate({ timestamp: Date.now() + ahead })
  const made = await ask(page, 'POST', '/v1/session/second-factor/confirmation', { code: code() })
  const [recovery] = z.array(z.string()).parse(made.recoveryCodes)
  await signOut(page)

  await signIn(page, userName, password)
  await page.getByRole('alert').getByText('请输入动态验证码').waitFor()
  expect(await barriers(page)).toEqual([])
  const field = page.getByLabel(/验证码/)
  const enter = async (typed: string) => {
    await field.fill(typed)
    await page.getByRole('button', { name: '登录' }).click()
  }
  await enter('000000')
  await page.getByRole('alert').getByText('验证码错误或已使用').waitFor()
  const next = code(30_000)
  await enter(next)
  await section.getByText('已启用').waitFor()
  await signOut(page)

  await signIn(page, userName, password)
  await field.waitFor()
  await enter(next)
  await page.getByRole('alert').getByText('验证码错误或已使用').waitFor()
  await enter(recovery ?? '')
  await section.getByText('剩余恢复码 9 个').waitFor()
  expect(complaints).toEqual([])
})

test('a second factor is set up by a device that shows its code, and asked for at the next sign-in', async () => {
  const userName = `person-${uuid().slice(-12)}`
  const { page: admin } = await browser.open({ as: 'admin' })
  const password = await makePerson(admin, { userName, displayName: '王芳', role: 'clerk' })
  const { page, complaints } = await browser.open()
  await page.goto('/settings')
  await signIn(page, userName, password)
  const section = page.getByRole('region', { name: '两步验证' })
  await section.getByLabel('当前密码').fill(password)
  await section.getByRole('button', { name: '开始设置' }).click()
  const secret = Secret.fromBase32(await section.locator('code.secret').innerText())
  await section.getByLabel(/验证码/).fill(new TOTP({ secret }).generate())
  await section.getByRole('button', { name: '启用两步验证' }).click()
  const recovery = await section.locator('.recovery-codes code').first().innerText()
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
  await signOut(page)
  await signIn(page, userName, password)
  await page.getByText('请输入动态验证码').waitFor()
  // The code of this half minute has been taken: the device was left at home.
  await page.getByLabel(/验证码/).fill(recovery)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('region', { name: '我的账号' }).getByText(userName).first().waitFor()
})

test('a key’s secret is shown once, works, and is refused once the key is revoked', async () => {
  const name = `key-${uuid()}`
  const { page } = await browser.open({ as: 'admin' })
  await page.goto('/settings?part=keys')
  await page.getByLabel('密钥名称').fill(name)
  await page.getByRole('button', { name: '新建密钥' }).click()
  const secret = await page.locator('code.secret').innerText()
  const call = () =>
    fetch(`${HUB_URL}/v1/session`, { headers: { authorization: `Bearer ${secret}` } }).then(
      ({ status }) => status,
    )
  expect(await call()).toBe(200)
  await page.getByRole('button', { name: '已保存' }).click()
  expect(await page.content()).not.toContain(secret)
  const row = page.getByRole('row', { name: new RegExp(name) })
  await row.getByRole('button', { name: '吊销' }).click()
  await page.getByRole('tooltip').getByRole('button', { name: '吊销' }).click()
  await row.waitFor({ state: 'detached' })
  await expect.poll(call, { interval: 1_000 }).toBe(401)
})

test('who stands in for somebody is named until it is ended', async () => {
  const { page } = await browser.open({ as: 'team_lead' })
  const { userName } = await ask(page, 'GET', '/v1/session')
  const { page: manager } = await browser.open({ as: 'store_manager' })
  const { userName: other } = await ask(manager, 'GET', '/v1/session')
  await page.goto('/settings?part=delegations')
  await page.getByLabel('代理人（用户名）').fill(String(other))
  await page.getByLabel('结束时间').fill('2099-01-01T00:00')
  await page.getByLabel('原因').fill('休假')
  await page.getByRole('button', { name: '设置代理' }).click()
  // No more than 90 days: said beside the form, which keeps what was typed.
  await page.getByRole('alert').first().waitFor()
  expect(await page.getByLabel('原因').inputValue()).toBe('休假')
  const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
  await page.getByLabel('结束时间').fill(soon)
  await page.getByRole('button', { name: '设置代理' }).click()
  const row = page.getByRole('row', { name: new RegExp(`${userName}.*${other}`) }).first()
  await row.getByRole('button', { name: '提前结束' }).click()
  await row.getByRole('button', { name: '提前结束' }).waitFor({ state: 'detached' })
})

test('a day on which a store works otherwise is written into the calendar and taken out of it', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/settings?part=calendar')
  const name = `盘点 ${uuid().slice(-6)}`
  await page.getByRole('textbox', { name: '日期' }).fill('2099-03-04')
  await page.getByRole('textbox', { name: '说明' }).fill(name)
  await page.getByRole('button', { name: '添加日期' }).click()
  const row = page.getByRole('row', { name: new RegExp(`2099-03-04.*${name}`) })
  await row.getByText('休息', { exact: true }).waitFor()
  expect(complaints).toEqual([])
  await row.getByRole('button', { name: '恢复官方日历' }).click()
  await row.waitFor({ state: 'detached' })
})
