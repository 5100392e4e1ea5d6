import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Input } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import { asQuery } from '../api/query.ts'
import type { Delegation } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { usePerson } from '../session/session.ts'
import type { SettingsSearch } from './search.ts'

const PAGE = 50
const REASON_CHARACTERS = 200

/** Who decides for whom while they are away. */
export function Delegations({ search }: { search: SettingsSearch }) {
  const { t } = useTranslation()
  const change = useFilters<SettingsSearch>()
  const { cursor, running } = search
  const query = { ...asQuery({ cursor, running }), limit: PAGE }
  const delegations = api.useQuery(
    'get',
    '/v1/approval-delegations',
    { params: { query } },
    { placeholderData: keepPreviousData },
  )
  const look = () => void delegations.refetch()
  return (
    <>
      <NewDelegation onMade={look} />
      <FilterBar label={t('list.filters')}>
        <Checkbox checked={running ?? false} onChange={({ target }) => change({ running: target.checked })}>
          {t('delegation.runningOnly')}
        </Checkbox>
      </FilterBar>
      <ListTable
        label={t('settingsPart.delegations')}
        list={useList<Delegation>(delegations)}
        columns={useColumns(look)}
        rowKey={({ delegationId }) => delegationId}
      />
    </>
  )
}

const EMPTY = { delegate: '', startsAt: '', endsAt: '', reason: '' }

/** Somebody stands in for whoever is signed in. It always ends. */
function NewDelegation({ onMade }: { onMade: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [draft, setDraft] = useState(EMPTY)
  const set = (part: Partial<typeof EMPTY>) => setDraft({ ...draft, ...part })
  const once = useOperation()
  const make = useMutation({
    mutationFn: () => {
      const { delegate, startsAt, endsAt, reason } = draft
      const body = {
        ...{ delegate: delegate.trim(), reason: reason.trim(), endsAt: new Date(endsAt).toISOString() },
        ...(startsAt === '' ? {} : { startsAt: new Date(startsAt).toISOString() }),
      }
      return once(body, (header) => client.POST('/v1/approval-delegations', { params: { header }, body }))
    },
    onSuccess: () => {
      setDraft(EMPTY)
      onMade()
    },
  })
  const isWhole = draft.delegate.trim() !== '' && draft.endsAt !== '' && draft.reason.trim() !== ''
  return (
    <Section title={t('delegation.create')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole) make.mutate()
        }}
      >
        <div className="field narrow">
          <label htmlFor={`${id}-delegate`}>{t('delegation.delegateUser')}</label>
          <Input
            id={`${id}-delegate`}
            maxLength={64}
            value={draft.delegate}
            onChange={({ target }) => set({ delegate: target.value })}
          />
        </div>
        {(['startsAt', 'endsAt'] as const).map((name) => (
          <div key={name} className="field narrow">
            <label htmlFor={`${id}-${name}`}>{t(`delegation.${name}`)}</label>
            <Input
              id={`${id}-${name}`}
              type="datetime-local"
              value={draft[name]}
              onChange={({ target }) => set({ [name]: target.value })}
            />
          </div>
        ))}
        <div className="field narrow">
          <label htmlFor={`${id}-reason`}>{t('delegation.reason')}</label>
          <Input
            id={`${id}-reason`}
            maxLength={REASON_CHARACTERS}
            value={draft.reason}
            onChange={({ target }) => set({ reason: target.value })}
          />
        </div>
        <Button type="primary" htmlType="submit" disabled={!isWhole} loading={make.isPending}>
          {t('delegation.create')}
        </Button>
        {make.error && <ProblemText error={make.error} />}
      </form>
    </Section>
  )
}

function useColumns(look: () => void): ListColumn<Delegation>[] {
  const { t } = useTranslation()
  const { userName, role } = usePerson()
  return useMemo(
    () => [
      { key: 'principal', title: t('delegation.principal'), width: 150, dataIndex: 'principal' },
      { key: 'delegate', title: t('delegation.delegate'), width: 150, dataIndex: 'delegate' },
      {
        key: 'starts',
        title: t('delegation.starts'),
        width: 165,
        render: (_value, { startsAt }) => <Moment at={startsAt} />,
      },
      {
        key: 'ends',
        title: t('delegation.ends'),
        width: 165,
        render: (_value, { endsAt, endedAt }) => <Moment at={endedAt ?? endsAt} />,
      },
      { key: 'reason', title: t('delegation.reason'), ellipsis: true, dataIndex: 'reason' },
      {
        key: 'end',
        title: t('shopLog.replay'),
        width: 120,
        render: (_value, { delegationId, principal, endsAt, endedAt }) =>
          endedAt === null &&
          Date.parse(endsAt) > Date.now() &&
          (principal === userName || role === 'admin') && (
            <ActionButton
              size="small"
              label={t('delegation.end')}
              act={(header) =>
                client.POST('/v1/approval-delegations/{delegationId}/end', {
                  params: { path: { delegationId }, header },
                })
              }
              onDone={look}
            />
          ),
      },
    ],
    [t, userName, role, look],
  )
}
