import type { Taken } from './cpu-time.ts'
import type { Memory } from './memory.ts'

/** One measured number beside the baseline that was measured in the same run. */
export type Figure = {
  name: string
  value: number
  unit: string
  baseline: number
  /** What the ratio should be, or the value itself: at least this, or at most this. Absent where there is no aim. */
  aim?: { atLeast: number } | { atMost: number } | { valueAtMost: number }
  /** What the baseline is, for people. */
  against: string
}

/**
 * How work has grown with what it is over: the time that it took by the clock, and, as `-cpu`, of the processor, which
 * holds beside other work.
 *
 * @param times how many times as much as the baseline's it may take
 * @param against what the baseline is, before it is multiplied
 */
export function growthFigures(
  name: string,
  value: Taken,
  baseline: Taken,
  { times, aimAtMost, against }: { times: number; aimAtMost: number; against: string },
): Figure[] {
  const common = {
    unit: 's',
    aim: { atMost: aimAtMost },
    against: times === 1 ? against : `${against}, times ${times}`,
  }
  return [
    { name, value: value.seconds, baseline: baseline.seconds * times, ...common },
    { name: `${name}-cpu`, value: value.cpuSeconds, baseline: baseline.cpuSeconds * times, ...common },
  ]
}

/** A look may fall between two batches or into the middle of one: below this that is what one sees. */
const BATCH_MIB = 6
const MOST_MEMORY = 1.5

/**
 * What memory does with what work is over. What is kept says whether it grows; what the system has given is for whoever plans
 * machines.
 *
 * @param against what the baseline is
 */
export function memoryFigures(name: string, value: Memory, baseline: Memory, against: string): Figure[] {
  const common = { unit: 'MiB', aim: { atMost: MOST_MEMORY } }
  return [
    {
      ...{ name: `${name}-heap`, value: value.heapMib, baseline: Math.max(baseline.heapMib, BATCH_MIB) },
      ...{ ...common, against: `${against}, at least ${BATCH_MIB} MiB` },
    },
    { name: `${name}-rss`, value: value.rssMib, baseline: baseline.rssMib, ...common, against },
  ]
}

/** Digits that mean something here: more would only be noise. */
const SIGNIFICANT_DIGITS = 4

/** `{name, value, unit, baseline, ratio}` on one line, for programs. */
export function jsonLine({ name, value, unit, baseline }: Figure): string {
  return JSON.stringify({
    name,
    value: rounded(value),
    unit,
    baseline: rounded(baseline),
    ratio: rounded(value / baseline),
  })
}

/** The figures as a table for people. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'value', 'baseline', 'ratio', 'aim', 'baseline is'],
    ...figures.map((figure) => [
      figure.name,
      `${rounded(figure.value)} ${figure.unit}`,
      `${rounded(figure.baseline)} ${figure.unit}`,
      (figure.value / figure.baseline).toFixed(2),
      aimText(figure),
      figure.against,
    ]),
  ]
  return aligned(rows)
}

/** Rows as columns of one width each. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function aimText({ value, unit, baseline, aim }: Figure): string {
  if (!aim) return ''
  if ('valueAtMost' in aim) {
    return `≤ ${aim.valueAtMost} ${unit} ${value <= aim.valueAtMost ? 'met' : 'missed'}`
  }
  const ratio = value / baseline
  const isMet = 'atLeast' in aim ? ratio >= aim.atLeast : ratio <= aim.atMost
  const text = 'atLeast' in aim ? `≥ ${aim.atLeast}` : `≤ ${aim.atMost}`
  return `${text} ${isMet ? 'met' : 'missed'}`
}

function rounded(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS))
}
