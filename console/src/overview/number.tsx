import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Loaded, type Query } from '../components/loaded.tsx'

/** A name and a figure that leads somewhere. */
export function Figure({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="figure-box">
      <div className="figure-value">{children}</div>
      <div className="quiet">{name}</div>
    </div>
  )
}

/** Figures that the API has counted, once they are there. What is counted to the end of counting has a plus. */
export function Counting<Counts>({
  of,
  children,
}: {
  of: Query<Counts>
  children: (counts: Counts, shown: (count: number, most: number) => string) => ReactNode
}) {
  const { t } = useTranslation()
  const shown = (count: number, most: number) =>
    count < most ? String(count) : t('common.capped', { count })
  return <Loaded query={of}>{(counts) => <div className="figures">{children(counts, shown)}</div>}</Loaded>
}
