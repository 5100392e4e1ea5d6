import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Input, Select, Space } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { ApiKey } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import type { SettingsSearch } from './search.ts'

const PAGE = 50
const SYSTEMS = ['mall', 'payments', 'warehouse', 'ops'] as const

type Shown = { name: string; secret: string }

/** Keys by which other systems call. A secret is shown when it is made, and never again. */
export function ApiKeys({ search }: { search: SettingsSearch }) {
  const { t } = useTranslation()
  const change = useFilters<SettingsSearch>()
  const [shown, setShown] = useState<Shown | null>(null)
  const { cursor, ended } = search
  const query = { ...present({ cursor }), active: String(!ended), limit: PAGE }
  const keys = api.useQuery(
    'get',
    '/v1/api-keys',
    { params: { query } },
    { placeholderData: keepPreviousData },
  )
  const look = () => void keys.refetch()
  const show = (made: Shown) => {
    setShown(made)
    look()
  }
  return (
    <>
      {shown && <Secret {...shown} onClose={() => setShown(null)} />}
      <NewKey onMade={show} />
      <FilterBar label={t('list.filters')}>
        <Checkbox checked={ended ?? false} onChange={({ target }) => change({ ended: target.checked })}>
          {t('apiKey.revokedOnly')}
        </Checkbox>
      </FilterBar>
      <ListTable
        label={t('settingsPart.keys')}
        list={useList<ApiKey>(keys)}
        columns={useColumns(show, look)}
        rowKey={({ keyId }) => keyId}
      />
    </>
  )
}

function Secret({ name, secret, onClose }: Shown & { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="field" role="status">
      <Alert
        type="warning"
        showIcon
        title={t('apiKey.shownOnce', { name })}
        description={<code className="secret">{secret}</code>}
        action={<Button onClick={onClose}>{t('apiKey.stored')}</Button>}
      />
    </div>
  )
}

const EMPTY = { name: '', system: 'mall' as (typeof SYSTEMS)[number], storeIds: [] as string[] }

function NewKey({ onMade }: { onMade: (made: Shown) => void }) {
  const { t } = useTranslation()
  const id = useId()
  const { options: stores } = useNames('/v1/stores')
  const [draft, setDraft] = useState(EMPTY)
  const make = useMutation({
    mutationFn: async () => {
      const body = { ...draft, storeIds: draft.system === 'mall' ? draft.storeIds : [] }
      const { data } = await client.POST('/v1/api-keys', { body })
      if (!data) throw new Error('the API made no key')
      return data
    },
    // The secret stays on the screen alone.
    gcTime: 0,
    onSuccess: (made) => {
      setDraft(EMPTY)
      onMade(made)
      make.reset()
    },
  })
  return (
    <Section title={t('apiKey.create')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (draft.name.trim() !== '') make.mutate()
        }}
      >
        <Space wrap align="end">
          <div className="field">
            <label htmlFor={`${id}-name`}>{t('apiKey.name')}</label>
            <Input
              id={`${id}-name`}
              maxLength={64}
              value={draft.name}
              onChange={({ target }) => setDraft({ ...draft, name: target.value })}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-system`}>{t('apiKey.system')}</label>
            <Select
              id={`${id}-system`}
              className="filter"
              value={draft.system}
              onChange={(system) => setDraft({ ...draft, system })}
              options={SYSTEMS.map((value) => ({ value, label: t(`system.${value}`) }))}
            />
          </div>
          {draft.system === 'mall' && (
            <div className="field">
              <label htmlFor={`${id}-stores`}>{t('apiKey.stores')}</label>
              <Select
                id={`${id}-stores`}
                mode="multiple"
                className="filter-wide"
                placeholder={t('subscriptions.allStores')}
                showSearch={{ optionFilterProp: 'label' }}
                value={draft.storeIds}
                onChange={(storeIds) => setDraft({ ...draft, storeIds })}
                options={stores}
              />
            </div>
          )}
          <div className="field">
            <Button
              type="primary"
              htmlType="submit"
              disabled={draft.name.trim() === ''}
              loading={make.isPending}
            >
              {t('apiKey.create')}
            </Button>
          </div>
        </Space>
        {make.error && <ProblemText error={make.error} />}
      </form>
    </Section>
  )
}

function useColumns(show: (made: Shown) => void, look: () => void): ListColumn<ApiKey>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('apiKey.name'),
        width: 200,
        render: (_value, { name }) => <span className="code">{name}</span>,
      },
      {
        key: 'system',
        title: t('apiKey.system'),
        width: 120,
        render: (_value, { system }) => t(`system.${system}`),
      },
      {
        key: 'stores',
        title: t('apiKey.stores'),
        render: (_value, { system, storeIds }) =>
          storeIds.map(nameOf).join('、') || (system === 'mall' ? t('subscriptions.allStores') : '–'),
      },
      {
        key: 'state',
        title: t('account.state'),
        width: 100,
        render: (_value, { active }) => (
          <Tag tone={active ? 'green' : 'grey'}>{t(active ? 'account.active' : 'apiKey.revoked')}</Tag>
        ),
      },
      {
        key: 'used',
        title: t('apiKey.lastUsed'),
        width: 165,
        render: (_value, { lastUsedAt }) => <Moment at={lastUsedAt} />,
      },
      {
        key: 'actions',
        title: t('shopLog.replay'),
        width: 230,
        render: (_value, { keyId, name, active }) =>
          active && (
            <Space wrap>
              <ActionButton
                size="small"
                label={t('apiKey.rotate')}
                confirm={t('apiKey.rotateHint')}
                act={async () => {
                  const path = { keyId }
                  const { data } = await client.POST('/v1/api-keys/{keyId}/rotation', { params: { path } })
                  if (data) show({ name, secret: data.secret })
                }}
              />
              <ActionButton
                size="small"
                danger
                label={t('apiKey.revoke')}
                confirm={t('apiKey.revokeHint')}
                act={() => client.POST('/v1/api-keys/{keyId}/revocation', { params: { path: { keyId } } })}
                onDone={look}
              />
            </Space>
          ),
      },
    ],
    [t, nameOf, show, look],
  )
}
