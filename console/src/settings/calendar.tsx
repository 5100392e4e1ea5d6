import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { Alert, Button, Input, Select, Space } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { WorkingDay } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { useList } from '../components/use-list.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import type { SettingsSearch } from './search.ts'

const PAGE = 100
const KINDS = ['rest', 'work'] as const

/** Days on which stores work or rest otherwise than the official calendar says. */
export function Calendar({ search }: { search: SettingsSearch }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const query = { ...present({ cursor: search.cursor }), sort: 'newest' as const, limit: PAGE }
  const days = api.useQuery(
    'get',
    '/v1/working-days',
    { params: { query } },
    { placeholderData: keepPreviousData },
  )
  const look = () => void days.refetch()
  const known = days.data?.holidaysKnown
  const mayChange = isOffered('changeCalendar', role)
  return (
    <>
      {known && !known.thisYear && (
        <Alert type="warning" showIcon title={t('calendar.unknownThisYear')} className="link-problem" />
      )}
      {known && !known.nextYear && (
        <Alert type="info" showIcon title={t('calendar.unknownNextYear')} className="link-problem" />
      )}
      {mayChange && <NewDay onMade={look} />}
      <ListTable
        label={t('settingsPart.calendar')}
        list={useList<WorkingDay>(days)}
        columns={useColumns(mayChange, look)}
        rowKey={({ day, storeId }) => `${day} ${storeId ?? ''}`}
        minWidth={700}
        empty={{ title: t('calendar.empty'), hint: t('calendar.emptyHint') }}
      />
    </>
  )
}

const EMPTY = { day: '', kind: 'rest' as (typeof KINDS)[number], storeId: null as string | null, name: '' }

function NewDay({ onMade }: { onMade: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const { options: stores } = useNames('/v1/stores')
  const [draft, setDraft] = useState(EMPTY)
  const put = useMutation({
    mutationFn: () => {
      const name = draft.name.trim()
      return client.PUT('/v1/working-days', { body: { ...draft, name: name === '' ? null : name } })
    },
    onSuccess: () => {
      setDraft(EMPTY)
      onMade()
    },
  })
  return (
    <Section title={t('calendar.add')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (draft.day !== '') put.mutate()
        }}
      >
        <Space wrap align="end">
          <div className="field">
            <label htmlFor={`${id}-day`}>{t('calendar.day')}</label>
            <Input
              id={`${id}-day`}
              type="date"
              value={draft.day}
              onChange={({ target }) => setDraft({ ...draft, day: target.value })}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-kind`}>{t('calendar.kind')}</label>
            <Select
              id={`${id}-kind`}
              className="filter"
              value={draft.kind}
              onChange={(kind) => setDraft({ ...draft, kind })}
              options={KINDS.map((value) => ({ value, label: t(`dayKind.${value}`) }))}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-store`}>{t('orders.store')}</label>
            <Select
              id={`${id}-store`}
              className="filter"
              allowClear
              placeholder={t('subscriptions.allStores')}
              showSearch={{ optionFilterProp: 'label' }}
              value={draft.storeId ?? undefined}
              onChange={(storeId) => setDraft({ ...draft, storeId: storeId ?? null })}
              options={stores}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-name`}>{t('calendar.name')}</label>
            <Input
              id={`${id}-name`}
              maxLength={50}
              value={draft.name}
              onChange={({ target }) => setDraft({ ...draft, name: target.value })}
            />
          </div>
          <div className="field">
            <Button type="primary" htmlType="submit" disabled={draft.day === ''} loading={put.isPending}>
              {t('calendar.add')}
            </Button>
          </div>
        </Space>
        {put.error && <ProblemText error={put.error} />}
      </form>
    </Section>
  )
}

function useColumns(mayChange: boolean, look: () => void): ListColumn<WorkingDay>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      { key: 'day', title: t('calendar.day'), width: 130, dataIndex: 'day' },
      {
        key: 'kind',
        title: t('calendar.kind'),
        width: 100,
        render: (_value, { kind }) => (
          <Tag tone={kind === 'rest' ? 'gold' : 'blue'}>{t(`dayKind.${kind}`)}</Tag>
        ),
      },
      {
        key: 'store',
        title: t('orders.store'),
        width: 160,
        render: (_value, { storeId }) => (storeId === null ? t('subscriptions.allStores') : nameOf(storeId)),
      },
      { key: 'name', title: t('calendar.name'), render: (_value, { name }) => name ?? '–' },
      { key: 'by', title: t('shop.changedBy'), width: 130, dataIndex: 'changedBy' },
      {
        key: 'remove',
        title: t('shopLog.replay'),
        width: 140,
        render: (_value, { day, storeId }) =>
          mayChange && (
            <ActionButton
              size="small"
              label={t('calendar.remove')}
              act={() =>
                client.DELETE('/v1/working-days', {
                  params: { query: { day, ...(storeId === null ? {} : { storeId }) } },
                })
              }
              onDone={look}
            />
          ),
      },
    ],
    [t, nameOf, mayChange, look],
  )
}
