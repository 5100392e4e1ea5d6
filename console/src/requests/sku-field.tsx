import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useSettled } from '../components/use-settled.ts'

/** Who needs more than these types more of the name. */
const SHOWN = 20
const KEPT_MS = 60_000

/** An article, found by its number or a part of its name. */
export function SkuField({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (skuId: string) => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const search = useSettled(typed)
  const found = useQuery({
    queryKey: ['/v1/skus', search],
    staleTime: KEPT_MS,
    queryFn: async ({ signal }) => {
      const query = { active: 'true', limit: SHOWN, ...(search === '' ? {} : { search }) }
      const { data } = await client.GET('/v1/skus', { params: { query }, signal })
      return data?.items ?? []
    },
  })
  return (
    <Select
      aria-label={label}
      className="sku-field"
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t('request.skuHint')}
      value={value === '' ? null : value}
      onChange={(skuId) => onChange(skuId ?? '')}
      loading={found.isFetching}
      options={(found.data ?? []).map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
    />
  )
}
