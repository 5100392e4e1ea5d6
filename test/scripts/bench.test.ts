import { expect, test } from 'vitest'
import { measureClosedLoop } from '../../bench/closed-loop.ts'
import { parseProcStat, parsePsTime } from '../../bench/cpu-time.ts'
import { type Figure, figureTable, jsonLine } from '../../bench/figure.ts'
import { FIGURES, parseBenchOptions } from '../../bench/options.ts'
import { median, percentile } from '../../bench/statistics.ts'

const figure: Figure = {
  name: 'orders',
  value: 14.123456,
  unit: 'orders/s',
  baseline: 20,
  aim: { atLeast: 0.7 },
  against: 'reference workflow',
}

test('a percentile lies between the two nearest values', () => {
  expect(percentile([30, 10, 20], 0.5)).toBe(20)
  expect(percentile([10, 20], 0.75)).toBe(17.5)
  expect(percentile([7], 0.99)).toBe(7)
})

test('the median does not follow an outlier', () => {
  expect(median([10, 11, 900])).toBe(11)
})

test('a percentile of nothing is an error and not a number', () => {
  expect(() => percentile([], 0.5)).toThrow(RangeError)
})

test('a line for programs holds name, value, unit, baseline and ratio, and nothing else', () => {
  expect(JSON.parse(jsonLine(figure))).toEqual({
    name: 'orders',
    value: 14.12,
    unit: 'orders/s',
    baseline: 20,
    ratio: 0.7062,
  })
  expect(jsonLine(figure)).not.toContain('\n')
})

test('the table says whether an aim is met', () => {
  expect(figureTable([figure])).toContain('≥ 0.7 met')
  expect(figureTable([{ ...figure, value: 13 }])).toContain('≥ 0.7 missed')
  expect(figureTable([{ ...figure, aim: { atMost: 1 } }])).toContain('≤ 1 met')
  expect(figureTable([{ ...figure, aim: { valueAtMost: 14 } }])).toContain('≤ 14 orders/s missed')
})

test('without a name everything is measured but what fills millions of rows, with names only those', () => {
  const filling = [
    'growth',
    'push-growth',
    'audit',
    'health-score',
    'customers',
    'replenishment',
    'replenishment-night',
    'data-flow',
    'statement',
    'console',
    'lighthouse',
  ]
  expect(parseBenchOptions([]).names).toEqual(Object.keys(FIGURES).filter((name) => !filling.includes(name)))
  expect(parseBenchOptions(['growth']).names).toEqual(['growth'])
  expect(parseBenchOptions(['cpu', 'events', '--json'])).toMatchObject({
    names: ['events', 'cpu'],
    json: true,
  })
})

test('an unknown name or flag is one clear line', () => {
  expect(() => parseBenchOptions(['order'])).toThrow(/^There is no figure called "order"; known are: .*\.$/)
  for (const rows of ['10', '1e7', '99999999', ''])
    expect(() => parseBenchOptions(['--inbox-rows', rows])).toThrow(/^--inbox-rows takes a number from/)
  expect(parseBenchOptions(['health-score', '--orders', '100000']).orders).toBe(100_000)
  expect(() => parseBenchOptions(['--orders', '0'])).toThrow('--orders takes a number from 1 to 1000000.')
  expect(() => parseBenchOptions(['--articles', '0'])).toThrow('--articles takes a number from 1 to 5000.')
  expect(parseBenchOptions(['replenishment-night', '--orders', '100000']).orders).toBe(100_000)
  expect(parseBenchOptions(['reconciliation', '--orders', '1000000']).orders).toBe(1_000_000)
  expect(parseBenchOptions(['exports', '--requests', '1000000']).requests).toBe(1_000_000)
  expect(() => parseBenchOptions(['--requests', '100'])).toThrow(
    '--requests takes a number from 10000 to 1000000.',
  )
  expect(parseBenchOptions(['push-growth', '--inbox-rows', '1000000']).inboxRows).toBe(1_000_000)
  expect(() => parseBenchOptions(['--jsn'])).toThrow(/--jsn.* See npm run bench -- --help$/)
})

test('processor time is read past a process name with brackets and spaces', () => {
  const fields = ['S', ...Array.from({ length: 10 }, () => '0'), '150', '25', '9', '9']
  expect(parseProcStat(`4711 (a) b) ${fields.join(' ')}`)).toBe(1_750)
})

test('processor time is read from every form that ps prints', () => {
  expect(parsePsTime(' 1:02.50\n')).toBe(62_500)
  expect(parsePsTime('01:01:01')).toBe(3_661_000)
  expect(parsePsTime('2-00:00:01')).toBe(172_801_000)
})

test('a closed loop counts what completes in its window and what grew with each', async () => {
  let work = 0
  const result = await measureClosedLoop(
    async () => {
      work += 1
      await new Promise((resolve) => setTimeout(resolve, 2))
    },
    {
      concurrency: 3,
      warmUpMs: 20,
      windowMs: 60,
      signal: new AbortController().signal,
      sample: () => [work * 10],
    },
  )
  expect(result.completed).toBeGreaterThan(0)
  expect(result.perSecond).toBeGreaterThan(0)
  expect(result.growth[0]).toBeGreaterThan(5)
})

test('work that never ends ends the measurement, and says so', async () => {
  const stuck = measureClosedLoop(() => new Promise(() => undefined), {
    concurrency: 2,
    warmUpMs: 5,
    windowMs: 60_000,
    signal: new AbortController().signal,
    stuckMs: 30,
  })
  await expect(stuck).rejects.toThrow('a piece of work did not end within 0.03 s')
})

test('work that fails ends the measurement with its own error', async () => {
  const failing = measureClosedLoop(() => Promise.reject(new Error('out of stock')), {
    concurrency: 2,
    warmUpMs: 10,
    windowMs: 10,
    signal: new AbortController().signal,
  })
  await expect(failing).rejects.toThrow('out of stock')
})
