import { formatCents, formatDifference } from '../format/money.ts'

/** An amount, in figures that stand under each other. */
export function Money({ cents }: { cents: number }) {
  return <span className="figure">{formatCents(cents)}</span>
}

/** What something becomes more or less; told by its sign, not by colour alone. */
export function Difference({ cents }: { cents: number }) {
  const tone = cents < 0 ? 'less' : cents > 0 ? 'more' : ''
  return <span className={`figure ${tone}`}>{formatDifference(cents)}</span>
}
