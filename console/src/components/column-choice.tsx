import { useLocation } from '@tanstack/react-router'
import { Checkbox } from 'antd'
import { useTranslation } from 'react-i18next'
import { type ChoosableColumn, chosen, switched } from './columns.ts'
import { useFilters } from './use-filters.ts'

/** Which columns of a list are shown. In the address, so that a link shows the same ones. */
export function ColumnChoice<Row>({ columns }: { columns: readonly ChoosableColumn<Row>[] }) {
  const { t } = useTranslation()
  const { search } = useLocation()
  const change = useFilters<{ columns: string | undefined; cursor: string | undefined }>()
  const named = 'columns' in search && typeof search.columns === 'string' ? search.columns : undefined
  const shown = new Set(chosen(columns, named).map(({ key }) => key))
  return (
    <details className="column-choice">
      <summary>{t('list.columns')}</summary>
      <div className="card column-list">
        {columns.map(({ key, title }) => (
          <Checkbox
            key={key}
            checked={shown.has(key)}
            // One always stays: a list without columns says nothing.
            disabled={shown.size === 1 && shown.has(key)}
            onChange={() => change({ columns: switched(columns, named, String(key)) })}
          >
            {typeof title === 'function' ? title({}) : title}
          </Checkbox>
        ))}
      </div>
    </details>
  )
}
