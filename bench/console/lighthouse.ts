import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Role } from '../../domain/role.ts'
import { cachedFolder, mustRun, sha256File } from '../../scripts/parts/cache.ts'
import { findChromium } from '../../scripts/parts/chromium.ts'
import { type Print, withProgress } from '../../scripts/parts/progress.ts'
import type { RunInfo } from '../../scripts/parts/run-file.ts'
import { median } from '../statistics.ts'
import { cookieOf } from './fill.ts'

/** What is installed beside the project and not with it; why: ADR 0025. */
const manifest = join(import.meta.dirname, 'lighthouse')
const CATEGORIES = ['performance', 'accessibility'] as const
/** Performance differs from run to run; Lighthouse's own advice is the median of some. */
const ROUNDS = 3
/** So often at most one of them is begun. */
const RECORDINGS = 4

export type LighthousePage = {
  name: string
  path: string
  as: Role
  preset: 'desktop' | 'mobile'
  /** What the API is asked for by somebody who is signed in, and by nobody else. */
  asks: string
}
export const PAGES: readonly LighthousePage[] = [
  { name: 'overview', path: '/', as: 'ops', preset: 'desktop', asks: '/v1/orders/counts' },
  { name: 'approvals', path: '/approvals', as: 'team_lead', preset: 'mobile', asks: '/v1/approval-inbox' },
  { name: 'orders', path: '/orders', as: 'ops', preset: 'desktop', asks: '/v1/orders' },
]

const report = z.object({
  categories: z.record(z.enum(CATEGORIES), z.object({ score: z.number() })),
  audits: z.record(
    z.string(),
    z.object({
      title: z.string(),
      score: z.number().nullable(),
      displayValue: z.string().optional(),
      details: z.unknown().optional(),
    }),
  ),
})
type Report = z.output<typeof report>
const requests = z.object({ items: z.array(z.object({ url: z.string(), statusCode: z.number() })) })

/** The median scores of a page, from 0 to 1; `say` is told what keeps them from being the best. */
export async function lighthouseScores(
  page: LighthousePage,
  hub: RunInfo,
  { say, check }: { say: Print; check: () => void },
): Promise<Record<(typeof CATEGORIES)[number], number>> {
  const program = await obtainLighthouse(say)
  const folder = await mkdtemp(join(tmpdir(), 'order-hub-lighthouse-'))
  const reports: Report[] = []
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      reports.push(await run(program, folder, page, hub))
      check()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const score = (of: Report, category: (typeof CATEGORIES)[number]) => of.categories[category].score
  for (const line of shortfalls(reports.at(-1))) say(`  ${page.name}: ${line}`)
  return {
    performance: median(reports.map((each) => score(each, 'performance'))),
    accessibility: median(reports.map((each) => score(each, 'accessibility'))),
  }
}

/** Lighthouse's program, installed once for each state of its lock file into the cache of the user. */
async function obtainLighthouse(out: Print): Promise<string> {
  const lock = join(manifest, 'package-lock.json')
  const state = (await sha256File(lock)).slice(0, 12)
  const install = () =>
    cachedFolder(`lighthouse-${state}`, async (folder) => {
      for (const file of ['package.json', 'package-lock.json']) {
        await copyFile(join(manifest, file), join(folder, file))
      }
      await mustRun('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder })
    })
  const folder = await withProgress('Fetching Lighthouse from npm', install, out)
  return join(folder, 'node_modules', 'lighthouse', 'cli', 'index.js')
}

/** One visit by somebody who is signed in, in a Chromium of Lighthouse's own. */
async function run(program: string, folder: string, page: LighthousePage, hub: RunInfo): Promise<Report> {
  const account = hub.accounts.find(({ role }) => role === page.as)
  if (!account) throw new Error(`the hub has no account of role ${page.as}`)
  const headers = join(folder, 'headers.json')
  await writeFile(headers, JSON.stringify({ cookie: await cookieOf(hub.api, account) }), { mode: 0o600 })
  const written = join(folder, 'report.json')
  const args = [
    program,
    new URL(page.path, hub.api).href,
    ...(page.preset === 'desktop' ? ['--preset=desktop'] : []),
    `--only-categories=${CATEGORIES.join()}`,
    `--extra-headers=${headers}`,
    ...['--output=json', `--output-path=${written}`, '--quiet', '--no-enable-error-reporting'],
    '--chrome-flags=--headless=new --no-sandbox',
  ]
  const env = { ...process.env, CHROME_PATH: await findChromium() }
  // Now and then a recording breaks off, which says nothing of the page.
  for (let begun = 1; ; begun += 1) {
    try {
      await mustRun(process.execPath, args, { env })
      break
    } catch (error) {
      if (begun === RECORDINGS) throw error
    }
  }
  const found = report.parse(JSON.parse(await readFile(written, 'utf8')))
  mustHaveAsked(found, page)
  return found
}

/** Whoever is not signed in is shown a form at the same address, which is no page of ours to measure. */
function mustHaveAsked({ audits }: Report, { name, asks }: LighthousePage): void {
  const { items } = requests.parse(audits['network-requests']?.details)
  const isAnswered = items.some(({ url, statusCode }) => new URL(url).pathname === asks && statusCode === 200)
  if (!isAnswered) throw new Error(`${asks} was not answered when Lighthouse looked at ${name}`)
}

const METRICS = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'speed-index',
  'total-blocking-time',
  'cumulative-layout-shift',
]

/** The metrics that a score is made of, and every audit of accessibility that failed. */
function shortfalls(of: Report | undefined): string[] {
  if (!of) return []
  const metrics = METRICS.map((id) => {
    const { title = id, displayValue = '?', score = null } = of.audits[id] ?? {}
    return `${title} ${displayValue} (${score ?? '?'})`
  })
  const failed = Object.values(of.audits).filter(
    ({ score, details }) => score === 0 && isOfAccessibility(details),
  )
  return [metrics.join(', '), ...failed.map(({ title }) => title)]
}

const axeDetails = z.object({ debugData: z.object({ type: z.literal('debugdata'), impact: z.string() }) })
const isOfAccessibility = (details: unknown) => axeDetails.safeParse(details).success
