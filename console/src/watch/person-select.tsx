import { keepPreviousData } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useSettled } from '../components/use-settled.ts'

/** Who needs more than these types a part of the name. */
const SHOWN = 50

/** Somebody whom a work item can be given to: this one, or, where none is named, some that this person sees. */
export function PersonSelect({
  workItemId,
  value,
  onChange,
}: {
  workItemId?: string
  value: string | null
  onChange: (userName: string | null) => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const text = useSettled(typed.trim())
  const query = {
    limit: SHOWN,
    ...(text === '' ? {} : { text }),
    ...(workItemId === undefined ? {} : { workItemId }),
  }
  const people = api.useQuery(
    'get',
    '/v1/work-items/assignees',
    { params: { query } },
    { placeholderData: keepPreviousData },
  )
  return (
    <Select<string>
      aria-label={t('workItems.assignTo')}
      className="filter-wide"
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t('workItems.assignHint')}
      value={value}
      onChange={(userName: string | undefined) => onChange(userName ?? null)}
      loading={people.isFetching}
      options={(people.data?.items ?? []).map(({ userName, displayName }) => ({
        value: userName,
        label: displayName === userName ? userName : `${displayName} (${userName})`,
      }))}
    />
  )
}
