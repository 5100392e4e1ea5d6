import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button, Segmented, Select, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'
import { STORY_KINDS } from '../../../domain/order-story.ts'
import { client } from '../api/client.ts'
import type { StoryEntry } from '../api/types.ts'
import { ActorName } from '../components/actor-name.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'

const route = getRouteApi('/shell/orders/$orderId')
const PAGE = 50

const COLOURS: Record<StoryEntry['kind'], string> = {
  log: 'blue',
  stock: 'purple',
  message: 'gray',
  delivery: 'gray',
  tracking: 'cyan',
  work_item: 'red',
  notification: 'green',
  inspection: 'gold',
  change_request: 'orange',
}

/** All that happened around an order as one sequence, narrowed to one kind if need be. */
export function OrderTimeline({ orderId }: { orderId: string }) {
  const { t } = useTranslation()
  const { kind, sort = 'newest' } = route.useSearch()
  const story = useStory(orderId, { sort, ...(kind === undefined ? {} : { kinds: kind }) })
  const entries = story.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Section title={t('order.timeline')} extra={<TimelineFilters kind={kind} sort={sort} />}>
      {story.isPending && <Loading />}
      {story.isError && <Failure error={story.error} onRetry={() => void story.refetch()} />}
      {story.isSuccess && entries.length === 0 && <NothingHere />}
      <Timeline
        items={entries.map((entry) => ({
          key: entry.id,
          color: COLOURS[entry.kind],
          content: <Entry entry={entry} />,
        }))}
      />
      {story.hasNextPage && (
        <Button onClick={() => void story.fetchNextPage()} loading={story.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </Section>
  )
}

/**
 * The pages that have been loaded, as one. Not by the hooks of the API's client: those give the first page a cursor of 0, which
 * the API refuses.
 */
function useStory(orderId: string, filters: { sort: 'newest' | 'oldest'; kinds?: StoryEntry['kind'] }) {
  const path = '/v1/orders/{orderId}/story'
  return useInfiniteQuery({
    // Begins like the client's own keys, so that what is live looks again at it, too.
    queryKey: ['get', path, orderId, filters],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }
      const { data } = await client.GET(path, { params: { path: { orderId }, query }, signal })
      if (!data) throw new Error('the API told no story')
      return data
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
}

function Entry({ entry }: { entry: StoryEntry }) {
  const { t, i18n } = useTranslation()
  return (
    <div>
      <Tag>{t(`storyKind.${entry.kind}`)}</Tag>
      {pickText(entry.text, i18n.language)}
      <div className="quiet">
        <Moment at={entry.at} /> · <ActorName actor={entry.by} />
        {entry.happenedAt !== null && isApart(entry) && (
          <>
            {' · '}
            {t('order.happenedAt')} <Moment at={entry.happenedAt} />
          </>
        )}
      </div>
    </div>
  )
}

/** Seconds between what happened and the hub's hearing of it are the usual way of messages, and no news. */
function isApart({ at, happenedAt }: StoryEntry): boolean {
  return happenedAt !== null && Math.abs(Date.parse(at) - Date.parse(happenedAt)) > 5_000
}

function TimelineFilters({
  kind,
  sort,
}: {
  kind: StoryEntry['kind'] | undefined
  sort: 'newest' | 'oldest'
}) {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/orders/$orderId' })
  return (
    <div className="timeline-filters">
      <Select
        size="small"
        aria-label={t('list.filters')}
        className="filter"
        allowClear
        placeholder={t('order.allKinds')}
        value={kind}
        onChange={(value) =>
          void navigate({
            search: (present) => ({ ...present, kind: value }),
            replace: true,
            resetScroll: false,
          })
        }
        options={STORY_KINDS.map((value) => ({ value, label: t(`storyKind.${value}`) }))}
      />
      <Segmented
        size="small"
        aria-label={t('list.sort')}
        value={sort}
        options={(['newest', 'oldest'] as const).map((value) => ({ value, label: t(`list.${value}`) }))}
        onChange={(value) =>
          void navigate({
            search: (present) => ({ ...present, sort: value }),
            replace: true,
            resetScroll: false,
          })
        }
      />
    </div>
  )
}
