import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Scrolls } from '../components/scrolls.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'

/** A list inside something else, which has no page in the address: what is there, and the button for more. */
export function MoreRows<Row>({
  label,
  query,
  children,
}: {
  label: string
  query: UseInfiniteQueryResult<Row[], unknown>
  children: (rows: readonly Row[]) => ReactNode
}) {
  const { t } = useTranslation()
  if (query.isPending) return <Loading />
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  if (query.data.length === 0) return <NothingHere />
  return (
    <>
      <Scrolls label={label}>{children(query.data)}</Scrolls>
      {query.hasNextPage && (
        <Button type="link" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </>
  )
}
