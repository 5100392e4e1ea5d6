import { Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from '../api/problem.ts'
import { pickText } from '../format/bilingual.ts'

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
  of: { data, error },
  children,
}: {
  of: { data: Counts | undefined; error: unknown }
  children: (counts: Counts, shown: (count: number, most: number) => string) => ReactNode
}) {
  const { t, i18n } = useTranslation()
  const shown = (count: number, most: number) =>
    count < most ? String(count) : t('common.capped', { count })
  if (data !== undefined) return <div className="figures">{children(data, shown)}</div>
  if (error !== null) return <span role="alert">{pickText(problemOf(error).title, i18n.language)}</span>
  return <Skeleton active />
}
