import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { StockRow } from '../api/types.ts'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { type MatrixRow, matrixOf, windowOf } from './matrix.ts'
import { StockDrawer } from './stock-drawer.tsx'
import { useLiveStock } from './use-live-stock.ts'

/** As many levels as the API gives at once. */
const PAGE = 200
/** The same as in console.css. */
const ROW_HEIGHT = 40
/** More are fetched before the end of what is there comes into sight. */
const AHEAD_ROWS = 20

export type StockFilters = {
  text?: string | undefined
  warehouseId?: string | undefined
  level?: StockRow['level'] | undefined
  stale?: boolean | undefined
}

/** Every article in every warehouse at a glance; only rows that are in sight are drawn, so that thousands scroll as ten do. */
export function StockMatrix({ filters }: { filters: StockFilters }) {
  const { t } = useTranslation()
  const levels = useLevels(filters)
  const live = useLiveStock(filters.warehouseId)
  const rows = useMemo(() => matrixOf(live.applyTo(levels.data ?? [])), [live, levels.data])
  const [opened, setOpened] = useState<MatrixRow | null>(null)
  if (levels.isPending) return <Loading />
  if (levels.isError && !levels.data)
    return <Failure error={levels.error} onRetry={() => void levels.refetch()} />
  if (rows.length === 0) return <NothingHere />
  const shown = opened === null ? null : (rows.find(({ skuId }) => skuId === opened.skuId) ?? opened)
  return (
    <>
      <Rows
        rows={rows}
        onOpen={setOpened}
        onNearEnd={() => {
          if (levels.hasNextPage && !levels.isFetchingNextPage) void levels.fetchNextPage()
        }}
      />
      <p className="quiet" role="status">
        {t('stock.loaded', { count: rows.length })}
        {levels.hasNextPage && (
          <Button type="link" loading={levels.isFetchingNextPage} onClick={() => void levels.fetchNextPage()}>
            {t('common.more')}
          </Button>
        )}
      </p>
      <StockDrawer row={shown} onClose={() => setOpened(null)} />
    </>
  )
}

function useLevels(filters: StockFilters) {
  return useInfiniteQuery({
    queryKey: ['get', '/v1/stock/board', 'matrix', filters],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...asQuery(filters), limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }
      const { data } = await client.GET('/v1/stock/board', { params: { query }, signal })
      if (!data) throw new Error('the API told no levels')
      return data
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })
}

type RowsProps = { rows: readonly MatrixRow[]; onOpen: (row: MatrixRow) => void; onNearEnd: () => void }

function Rows({ rows, onOpen, onNearEnd }: RowsProps) {
  const { t } = useTranslation()
  const { all: warehouses } = useNames('/v1/warehouses')
  const box = useRef<HTMLDivElement>(null)
  const [scroll, setScroll] = useState({ top: 0, height: 600 })
  const { first, last } = windowOf(rows.length, scroll, ROW_HEIGHT)
  const isNearEnd = last + AHEAD_ROWS >= rows.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once for each end that comes near
  useEffect(() => {
    if (isNearEnd) onNearEnd()
  }, [isNearEnd, rows.length])
  const look = () => {
    if (box.current) setScroll({ top: box.current.scrollTop, height: box.current.clientHeight })
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrollable by keyboard
    <section className="matrix" ref={box} onScroll={look} tabIndex={0} aria-label={t('stock.matrix')}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">{t('stock.sku')}</th>
            {warehouses.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">{t('common.all')}</th>
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} columns={warehouses.length + 2} />
          {rows.slice(first, last).map((row, index) => (
            <tr key={row.skuId} aria-rowindex={first + index + 2}>
              <th scope="row">
                <Button type="link" size="small" onClick={() => onOpen(row)}>
                  <span className="code">{row.skuId}</span> {row.skuName}
                </Button>
              </th>
              {warehouses.map(({ id }) => (
                <Cell key={id} level={row.cells.get(id)} />
              ))}
              <td className="figure">{row.available}</td>
            </tr>
          ))}
          <Gap rows={rows.length - last} columns={warehouses.length + 2} />
        </tbody>
      </table>
    </section>
  )
}

/** The height of rows that are not drawn. */
function Gap({ rows, columns }: { rows: number; columns: number }): ReactNode {
  if (rows <= 0) return null
  return (
    <tr aria-hidden style={{ height: rows * ROW_HEIGHT }}>
      <td colSpan={columns} />
    </tr>
  )
}

const SIGNS = { ok: '', low: '▼', out: '✕' } as const

/** What may be sold. Short ones have a sign besides their colour; a number that is not fresh is said to be so. */
function Cell({ level: stock }: { level: StockRow | undefined }) {
  const { t } = useTranslation()
  if (!stock) return <td className="quiet">–</td>
  const { available, safety, level, freshness } = stock
  const isOld = freshness !== null && freshness.state !== 'fresh'
  const age = freshness === null ? '' : ` · ${t(`freshness.${freshness.state}`)}`
  const title = `${t(`level.${level}`)} · ${t('stock.safety')} ${safety}${age}`
  return (
    <td className={`figure matrix-${level}${isOld ? ' matrix-old' : ''}`} title={title}>
      {available} <span aria-hidden>{SIGNS[level]}</span>
      {level !== 'ok' && <span className="unseen">{t(`level.${level}`)}</span>}
      {isOld && <span className="unseen">{t(`freshness.${freshness.state}`)}</span>}
    </td>
  )
}
