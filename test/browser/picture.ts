import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'
import { PATIENCE_MS } from './support.ts'

const folder = join(import.meta.dirname, '../../docs/guide/pictures')
/** Only on demand: times and numbers differ in each, and would change them at every run. */
const isWanted = process.env.PICTURES === '1'
/** Of a picture in a page of the guide. */
const MOST_BYTES = 150_000

/** Shows what the guide says is there, and keeps a picture of it. */
export async function picture(page: Page, name: string, shows: string): Promise<void> {
  await page.getByText(shows).first().waitFor()
  await expect.poll(() => page.locator('.ant-spin-spinning').count(), { timeout: PATIENCE_MS }).toBe(0)
  const taken = await page.screenshot({ animations: 'disabled' })
  const small = await sharp(taken).webp({ quality: 60, effort: 6 }).toBuffer()
  expect(small.length).toBeLessThanOrEqual(MOST_BYTES)
  if (!isWanted) return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.webp`), small)
}
