import { Button, type TableColumnType } from 'antd'
import { isValidElement, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ListPager } from './list-pager.tsx'
import { shareOf } from './selection.ts'
import { Failure, Loading, NothingHere } from './states.tsx'
import { useFirstRows } from './use-first-rows.ts'
import type { ListResult } from './use-list.ts'
import { useRowKeys } from './use-row-keys.ts'
import type { Selection } from './use-selection.ts'

/**
 * What of the component library's columns a list has. It is drawn by the browser's own table, which is laid out at once and
 * costs a first visit nothing: the library's would bring its menus, trees and pagers along, of which no list of ours has any.
 */
export type ListColumn<Row> = Pick<
  TableColumnType<Row>,
  'key' | 'title' | 'dataIndex' | 'width' | 'align' | 'fixed' | 'ellipsis' | 'render'
>

/** Rows are as low as they can be: so many fill a large screen. */
const ON_A_SCREEN = 20

type Props<Row> = {
  /** What the list is of, for whoever does not see it. */
  label: string
  list: ListResult<Row>
  columns: readonly ListColumn<Row>[]
  rowKey: (row: Row) => string
  /** Opens a row by click or Enter; absent where rows lead nowhere. */
  onOpen?: (row: Row) => void
  /** Wide lists scroll within themselves. */
  minWidth?: number
  empty?: { title: string; hint: string }
  extra?: ReactNode
  /** Where rows can be ticked, to do something with several at once. */
  selection?: Selection<Row>
}

/**
 * The one table for lists that the API pages: what is shown is in the address, J and K walk through the rows, and each of
 * loading, empty, failed and forbidden looks the same everywhere.
 */
export function ListTable<Row extends object>(props: Props<Row>) {
  const { label, list, columns, rowKey, onOpen, minWidth = 900, empty, selection } = props
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  const drawn = useFirstRows(list.rows, ON_A_SCREEN)
  const { marked, mark } = useRowKeys(list.rows, {
    open: (row) => onOpen?.(row),
    tick: selection?.toggle,
    isOff: onOpen === undefined,
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins with no row marked
  useEffect(() => {
    mark(null)
    box.current?.scrollTo?.({ top: 0 })
  }, [list.pageKey])
  useEffect(() => {
    if (marked === null) return
    box.current?.querySelector('tr.row-marked')?.scrollIntoView({ block: 'nearest' })
  }, [marked])

  if (list.error !== null && list.rows.length === 0)
    return <Failure error={list.error} onRetry={list.refetch} />
  return (
    <>
      <section
        ref={box}
        className={list.isTurning ? 'list-rows list-turning' : 'list-rows'}
        aria-label={label}
        aria-busy={list.isFetching}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrollable by keyboard
        tabIndex={0}
      >
        <table style={{ minWidth }}>
          <colgroup>
            {columns.map(({ key, width }) => (
              <col key={key} style={width === undefined ? {} : { width }} />
            ))}
          </colgroup>
          <Head
            columns={columns}
            all={selection && <AllBox selection={selection} rows={list.rows} rowKey={rowKey} />}
          />
          <tbody>
            {drawn.map((row, index) => (
              <tr
                key={rowKey(row)}
                {...rowProps(row, {
                  isMarked: index === marked,
                  onOpen,
                  ...(selection && {
                    isTicked: selection.selected.has(rowKey(row)),
                    onRange: () => selection.toggle(index, true),
                  }),
                })}
              >
                {columns.map((column, place) => (
                  <td key={column.key} className={cellClass(column)}>
                    {place === 0 && selection && (
                      <RowBox
                        name={t('bulk.select', { name: selection.nameOf(row) })}
                        isTicked={selection.selected.has(rowKey(row))}
                        onTick={(isRange) => selection.toggle(index, isRange)}
                      />
                    )}
                    {contentOf(column, row, index)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {list.isPending && <Loading />}
        {!list.isPending && list.rows.length === 0 && (
          <NoRows label={label} list={list} {...(empty && { empty })} />
        )}
      </section>
      <div className="list-foot">
        <span className="quiet">
          {t('list.rows', { count: list.rows.length })}
          {onOpen && <span className="wide-only"> · {t('list.keys')}</span>}
          {selection && <span className="wide-only"> · {t('bulk.keys')}</span>}
        </span>
        {props.extra}
        <ListPager list={list} />
      </div>
    </>
  )
}

/** Nothing at all is another thing than nothing that fits: the one has to be waited for, the other looked for otherwise. */
function NoRows<Row>({
  label,
  list: { isFiltered, clearFilters },
  empty,
}: Pick<Props<Row>, 'label' | 'list' | 'empty'>) {
  const { t } = useTranslation()
  if (!isFiltered)
    return (
      <NothingHere {...(empty ?? { title: t('list.none', { what: label }), hint: t('list.noneHint') })} />
    )
  return <NothingHere next={<Button onClick={clearFilters}>{t('common.reset')}</Button>} />
}

function Head<Row>({ columns, all }: { columns: readonly ListColumn<Row>[]; all: ReactNode }) {
  return (
    <thead>
      <tr>
        {columns.map((column, place) => (
          <th key={column.key} scope="col" className={cellClass(column)}>
            {place === 0 && all}
            {typeof column.title === 'function' ? column.title({}) : column.title}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** Ticks every row of the page; half ticked where some of them are. */
function AllBox<Row>({
  selection: { selected, toggleAll },
  rows,
  rowKey,
}: {
  selection: Selection<Row>
  rows: readonly Row[]
  rowKey: (row: Row) => string
}) {
  const { t } = useTranslation()
  const share = shareOf(selected, { rows, keyOf: rowKey })
  return (
    <input
      type="checkbox"
      className="row-box"
      aria-label={t('bulk.selectAll')}
      checked={share === 'all'}
      ref={(box) => {
        if (box) box.indeterminate = share === 'some'
      }}
      disabled={rows.length === 0}
      onChange={toggleAll}
    />
  )
}

function RowBox({
  name,
  isTicked,
  onTick,
}: {
  name: string
  isTicked: boolean
  onTick: (isRange: boolean) => void
}) {
  return (
    <input
      type="checkbox"
      className="row-box"
      aria-label={name}
      checked={isTicked}
      onChange={({ nativeEvent }) => onTick(nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)}
    />
  )
}

type RowOptions<Row> = {
  isMarked: boolean
  isTicked?: boolean
  onOpen: ((row: Row) => void) | undefined
  /** Ticks everything up to here. */
  onRange?: () => void
}

/** By keyboard a row is opened by J, K and Enter, or by the link in it. */
function rowProps<Row>(row: Row, { isMarked, isTicked, onOpen, onRange }: RowOptions<Row>) {
  const names = [onOpen ? 'row-opens' : '', isMarked ? 'row-marked' : '', isTicked ? 'row-ticked' : '']
  const className = names.filter(Boolean).join(' ') || undefined
  if (!onOpen) return { className }
  return {
    className,
    onClick: ({ target, shiftKey }: { target: EventTarget; shiftKey: boolean }) => {
      // Links and buttons in a row do what they say; so does selecting text to copy it.
      if (target instanceof Element && target.closest('a, button, input, label')) return
      if (shiftKey && onRange) {
        window.getSelection()?.removeAllRanges()
        return onRange()
      }
      if (!window.getSelection()?.isCollapsed) return
      onOpen(row)
    },
  }
}

function cellClass<Row>({ align, fixed, ellipsis }: ListColumn<Row>): string | undefined {
  const names = [
    align === 'right' || align === 'end' ? 'cell-right' : '',
    fixed ? 'cell-fixed' : '',
    ellipsis ? 'cell-cut' : '',
  ]
  return names.filter(Boolean).join(' ') || undefined
}

function contentOf<Row extends object>(column: ListColumn<Row>, row: Row, index: number): ReactNode {
  const { dataIndex, render } = column
  const value: unknown = typeof dataIndex === 'string' ? Reflect.get(row, dataIndex) : undefined
  if (!render) return typeof value === 'string' || typeof value === 'number' ? value : null
  const shown = render(value, row, index)
  // The library lets a column say how many cells one takes; ours are one each.
  const isCell = typeof shown === 'object' && shown !== null && 'children' in shown && !isValidElement(shown)
  return isCell ? (shown.children as ReactNode) : (shown as ReactNode) // all else is a node
}
