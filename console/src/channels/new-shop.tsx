import { useMutation } from '@tanstack/react-query'
import { Button, Drawer, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { Platform } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { useFocusBack } from '../components/use-focus-back.ts'
import { credentialsOf } from './credentials.ts'
import { CredentialFields } from './credentials-form.tsx'

const ID_CHARACTERS = 64
const NUMBER_CHARACTERS = 128
const ADDRESS_CHARACTERS = 500

type Props = { onClose: () => void; onMade: (shopId: string) => void }

/** Connects a shop: where it is, which of our stores sells there, and what its platform wants of us. */
export function NewShop({ onClose, onMade }: Props) {
  const { t } = useTranslation()
  useFocusBack()
  const platforms = api.useQuery('get', '/v1/platforms')
  return (
    <Drawer open onClose={onClose} size="large" title={t('shop.connect')}>
      <Loaded query={platforms}>{({ items }) => <NewShopForm platforms={items} onMade={onMade} />}</Loaded>
    </Drawer>
  )
}

const EMPTY = { id: '', storeId: '', platformShopId: '', appKey: '', gatewayUrl: '' }

function NewShopForm({ platforms, onMade }: Pick<Props, 'onMade'> & { platforms: readonly Platform[] }) {
  const { t } = useTranslation()
  const id = useId()
  const { options: stores } = useNames('/v1/stores')
  const [platform, setPlatform] = useState<string>()
  const [shop, setShop] = useState(EMPTY)
  const [typed, setTyped] = useState<Record<string, string>>({})
  const chosen = platforms.find((each) => each.platform === platform)
  const credentials = chosen ? credentialsOf(chosen.credentials, typed) : null
  const { gatewayUrl, ...needed } = shop
  const make = useMutation({
    mutationFn: async (sealed: Record<string, string>) => {
      const body = { ...needed, platform: platform ?? '', credentials: sealed }
      await client.POST('/v1/shops', {
        body: gatewayUrl.trim() === '' ? body : { ...body, gatewayUrl: gatewayUrl.trim() },
      })
      return shop.id
    },
    onSuccess: onMade,
  })
  const isWhole = credentials !== null && Object.values(needed).every((value) => value.trim() !== '')
  const field = (name: 'id' | 'platformShopId' | 'appKey' | 'gatewayUrl', label: string, most: number) => (
    <div className="field">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <Input
        id={`${id}-${name}`}
        maxLength={most}
        value={shop[name]}
        {...(name === 'gatewayUrl' && chosen ? { placeholder: chosen.gatewayUrl } : {})}
        onChange={({ target }) => setShop({ ...shop, [name]: target.value })}
      />
    </div>
  )
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        if (credentials !== null && isWhole) make.mutate(credentials)
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-platform`}>{t('shops.platform')}</label>
        <Select
          id={`${id}-platform`}
          value={platform}
          onChange={(value) => {
            setPlatform(value)
            setTyped({})
          }}
          options={platforms.map((each) => ({ value: each.platform, label: each.platform }))}
        />
      </div>
      {field('id', t('shops.shop'), ID_CHARACTERS)}
      <div className="field">
        <label htmlFor={`${id}-store`}>{t('shops.store')}</label>
        <Select
          id={`${id}-store`}
          showSearch={{ optionFilterProp: 'label' }}
          value={shop.storeId || undefined}
          onChange={(storeId) => setShop({ ...shop, storeId: storeId ?? '' })}
          options={stores}
        />
      </div>
      {field('platformShopId', t('shop.platformShopId'), NUMBER_CHARACTERS)}
      {field('appKey', t('shop.appKey'), NUMBER_CHARACTERS)}
      {field('gatewayUrl', `${t('shop.gatewayUrl')} ${t('shop.optional')}`, ADDRESS_CHARACTERS)}
      {chosen && <CredentialFields fields={chosen.credentials} typed={typed} onChange={setTyped} />}
      <Button type="primary" htmlType="submit" disabled={!isWhole} loading={make.isPending}>
        {t('shop.connect')}
      </Button>
      {make.error && <ProblemText error={make.error} />}
    </form>
  )
}
