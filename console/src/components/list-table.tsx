import { Table, type TableColumnsType } from 'antd'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ListPager } from './list-pager.tsx'
import { Failure, NothingHere } from './states.tsx'
import type { ListResult } from './use-list.ts'
import { useRowKeys } from './use-row-keys.ts'

type Props<Row> = {
  /** What the list is of, for whoever does not see it. */
  label: string
  list: ListResult<Row>
  columns: TableColumnsType<Row>
  rowKey: (row: Row) => string
  /** Opens a row by click or Enter; absent where rows lead nowhere. */
  onOpen?: (row: Row) => void
  /** Wide lists scroll within themselves. */
  minWidth?: number
  empty?: { title: string; hint: string }
  extra?: ReactNode
}

/**
 * The one table for lists that the API pages: what is shown is in the address, J and K walk through the rows, and each of
 * loading, empty, failed and forbidden looks the same everywhere.
 */
export function ListTable<Row extends object>(props: Props<Row>) {
  const { label, list, columns, rowKey, onOpen, minWidth = 900, empty } = props
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  const { marked, mark } = useRowKeys(list.rows, {
    open: (row) => onOpen?.(row),
    isOff: onOpen === undefined,
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins with no row marked
  useEffect(() => mark(null), [list.pageKey])
  useEffect(() => {
    if (marked === null) return
    box.current?.querySelector('tr.row-marked')?.scrollIntoView({ block: 'nearest' })
  }, [marked])

  if (list.error !== null && list.rows.length === 0)
    return <Failure error={list.error} onRetry={list.refetch} />
  return (
    <section ref={box} className="list-rows" aria-label={label} aria-busy={list.isFetching}>
      <Table<Row>
        size="small"
        rowKey={rowKey}
        columns={columns}
        dataSource={list.rows}
        loading={list.isPending || list.isTurning}
        pagination={false}
        scroll={{ x: minWidth }}
        sticky={{ offsetHeader: 0 }}
        rowClassName={(_row, index) => (index === marked ? 'row-marked' : '')}
        onRow={(row) =>
          onOpen
            ? {
                className: 'row-opens',
                onClick: (event) => {
                  // Links and buttons in a row do what they say; so does selecting text to copy it.
                  if (event.target instanceof Element && event.target.closest('a, button')) return
                  if (!window.getSelection()?.isCollapsed) return
                  onOpen(row)
                },
              }
            : {}
        }
        locale={{ emptyText: list.isPending ? ' ' : <NothingHere {...empty} /> }}
      />
      <div className="list-foot">
        <span className="quiet">
          {t('list.rows', { count: list.rows.length })}
          {onOpen && <span className="wide-only"> · {t('list.keys')}</span>}
        </span>
        {props.extra}
        <ListPager list={list} />
      </div>
    </section>
  )
}
