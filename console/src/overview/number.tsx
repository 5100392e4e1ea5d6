import { Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from '../api/problem.ts'
import { pickText } from '../format/bilingual.ts'

type Counted = {
  data: { items: readonly unknown[]; nextCursor: string | null } | undefined
  error: unknown
  isPending: boolean
}

/** A name and a figure that leads somewhere. */
export function Figure({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="figure-box">
      <div className="figure-value">{children}</div>
      <div className="quiet">{name}</div>
    </div>
  )
}

/** How many a list has, as far as its first page tells: the API counts nothing, and a page of a hundred is quick. */
export function CountOf({ list: { data, error, isPending } }: { list: Counted }) {
  const { t, i18n } = useTranslation()
  if (isPending) return <Skeleton.Button active size="small" />
  if (data === undefined) return <span title={pickText(problemOf(error).title, i18n.language)}>?</span>
  const count = data.items.length
  return <>{data.nextCursor === null ? count : t('common.capped', { count })}</>
}
