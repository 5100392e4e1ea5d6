import { keepPreviousData } from '@tanstack/react-query'
import { Button, Checkbox, Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ROLES } from '../../../domain/role.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { Account } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { SearchField } from '../components/search-field.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { PersonForm } from './person-form.tsx'
import type { SettingsSearch } from './search.ts'

const PAGE = 50

/** Everybody who signs in, and what they may do. */
export function People({ search }: { search: SettingsSearch }) {
  const { t } = useTranslation()
  const change = useFilters<SettingsSearch>()
  const [opened, setOpened] = useState<Account | 'new' | null>(null)
  const { cursor, text, role, ended } = search
  const query = { ...present({ cursor, text, role }), active: String(!ended), limit: PAGE }
  const accounts = api.useQuery(
    'get',
    '/v1/accounts',
    { params: { query } },
    { placeholderData: keepPreviousData },
  )
  const close = () => setOpened(null)
  return (
    <>
      <FilterBar label={t('list.filters')}>
        <SearchField
          label={t('account.text')}
          maxLength={64}
          value={text}
          onSearch={(value) => change({ text: value })}
        />
        <FilterSelect
          label={t('account.role')}
          value={role}
          onChange={(value) => change({ role: value })}
          options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
        />
        <Checkbox checked={ended ?? false} onChange={({ target }) => change({ ended: target.checked })}>
          {t('account.endedOnly')}
        </Checkbox>
        <Button type="primary" onClick={() => setOpened('new')}>
          {t('account.create')}
        </Button>
      </FilterBar>
      <ListTable
        label={t('settingsPart.people')}
        list={useList<Account>(accounts)}
        columns={useColumns(setOpened)}
        rowKey={({ accountId }) => accountId}
        onOpen={setOpened}
      />
      <Drawer
        open={opened !== null}
        onClose={close}
        size="large"
        destroyOnHidden
        title={opened === null || opened === 'new' ? t('account.create') : opened.userName}
      >
        {opened !== null && (
          <PersonForm
            account={opened === 'new' ? null : opened}
            onDone={() => {
              close()
              void accounts.refetch()
            }}
          />
        )}
      </Drawer>
    </>
  )
}

function useColumns(open: (account: Account) => void): ListColumn<Account>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'userName',
        title: t('session.userName'),
        width: 190,
        render: (_value, account) => (
          <Button type="link" size="small" onClick={() => open(account)}>
            {account.userName}
          </Button>
        ),
      },
      { key: 'displayName', title: t('account.displayName'), width: 140, dataIndex: 'displayName' },
      {
        key: 'role',
        title: t('account.role'),
        width: 130,
        render: (_value, { role }) => t(`role.${role}`),
      },
      {
        key: 'scope',
        title: t('account.scope'),
        render: (_value, { storeIds, region }) =>
          [...storeIds.map(nameOf), ...(region === null ? [] : [region])].join('、') || '–',
      },
      {
        key: 'state',
        title: t('account.state'),
        width: 120,
        render: (_value, { active, lockedUntil }) => (
          <>
            <Tag tone={active ? 'green' : 'grey'}>{t(active ? 'account.active' : 'account.ended')}</Tag>
            {lockedUntil !== null && <Tag tone="red">{t('account.locked')}</Tag>}
          </>
        ),
      },
    ],
    [t, nameOf, open],
  )
}
