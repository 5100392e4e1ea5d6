import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'
import { PATIENCE_MS } from './support.ts'

const folder = join(import.meta.dirname, '../../docs/guide/pictures')
/** Only on demand: times and numbers differ in each, and would change them at every run. */
export const arePicturesWanted = process.env.PICTURES === '1'
/** Of a picture in a page of the guide. */
const MOST_BYTES = 150_000
/** As wide as a page shows it. */
const MOST_PIXELS = 1_440

/** Shows what the guide says is there, and keeps a picture of it where that is wanted. */
export async function picture(page: Page, name: string, shown: Locator): Promise<void> {
  await shown.first().waitFor()
  if (!arePicturesWanted) return
  const loading = page.locator('.ant-spin-spinning').or(page.getByText('正在加载'))
  await expect.poll(() => loading.count(), { timeout: PATIENCE_MS }).toBe(0)
  const taken = await page.screenshot({ animations: 'disabled' })
  const small = await sharp(taken)
    .resize({ width: MOST_PIXELS, withoutEnlargement: true })
    .webp({ quality: 60, effort: 6 })
    .toBuffer()
  expect(small.length).toBeLessThanOrEqual(MOST_BYTES)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.webp`), small)
}
