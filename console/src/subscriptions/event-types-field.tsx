import { Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { pickText } from '../format/bilingual.ts'
import { groupsOf } from './event-types.ts'

type Props = { id: string; value: string[]; onChange: (value: string[]) => void }

/** Which events somebody receives: single ones, or all of a kind. */
export function EventTypesField({ id, value, onChange }: Props) {
  const { t, i18n } = useTranslation()
  const { data, isPending } = api.useQuery('get', '/v1/subscriptions/event-types')
  const options = useMemo(() => {
    const types = data?.items ?? []
    return [
      ...groupsOf(types).map((pattern) => ({
        value: pattern,
        label: t('subscriptions.allOf', { kind: pattern }),
      })),
      ...types.map(({ type, title }) => ({
        value: type,
        label: `${pickText(title, i18n.language)} (${type})`,
      })),
    ]
  }, [data, t, i18n.language])
  return (
    <Select
      id={id}
      mode="multiple"
      loading={isPending}
      showSearch={{ optionFilterProp: 'label' }}
      value={value}
      onChange={onChange}
      options={options}
    />
  )
}
