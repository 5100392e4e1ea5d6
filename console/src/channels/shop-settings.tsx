import { useMutation } from '@tanstack/react-query'
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { Shop } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { Facts } from '../components/facts.tsx'
import { Moment } from '../components/moment.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { CredentialsForm } from './credentials-form.tsx'

/** How a shop is connected. Its credentials are written here and shown nowhere. */
export function ShopSettings({ shop, onChanged }: { shop: Shop; onChanged: () => void }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const { nameOf } = useNames('/v1/stores')
  return (
    <Section title={t('shop.settings')}>
      <Facts
        facts={[
          [t('shops.store'), nameOf(shop.storeId)],
          [t('shop.platformShopId'), shop.platformShopId],
          [t('shop.appKey'), shop.appKey],
          [t('shop.gatewayUrl'), shop.gatewayUrl],
          [t('shop.pushUrl'), shop.pushUrl ?? '–'],
          [t('shop.credentials'), t('shop.credentialsVersion', { version: shop.credentialsVersion })],
          [t('shop.changedBy'), shop.changedBy],
          [t('shop.updatedAt'), <Moment key="updated" at={shop.updatedAt} />],
        ]}
      />
      {isOffered('changeShops', role) && <Changes shop={shop} onChanged={onChanged} />}
    </Section>
  )
}

function Changes({
  shop: { id: shopId, platform, active },
  onChanged,
}: {
  shop: Shop
  onChanged: () => void
}) {
  const { t } = useTranslation()
  const [isWriting, setWriting] = useState(false)
  const path = { shopId }
  return (
    <>
      <Space wrap align="start">
        <Check shopId={shopId} />
        <Button onClick={() => setWriting(!isWriting)} aria-expanded={isWriting}>
          {t('shop.changeCredentials')}
        </Button>
        <ActionButton
          key={String(active)}
          label={t(active ? 'shop.deactivate' : 'shop.activate')}
          danger={active}
          {...(active ? { confirm: t('shop.deactivateHint') } : {})}
          act={() => client.PATCH('/v1/shops/{shopId}', { params: { path }, body: { active: !active } })}
          onDone={onChanged}
        />
      </Space>
      {isWriting && (
        <CredentialsForm
          platform={platform}
          onSend={(credentials) =>
            client.PATCH('/v1/shops/{shopId}', { params: { path }, body: { credentials } })
          }
          onDone={() => {
            setWriting(false)
            onChanged()
          }}
        />
      )}
    </>
  )
}

/** Asks the platform for the last minute, by the credentials as they are stored. */
function Check({ shopId }: { shopId: string }) {
  const { t } = useTranslation()
  const check = useMutation({
    mutationFn: async () => {
      const { data } = await client.POST('/v1/shops/{shopId}/check', { params: { path: { shopId } } })
      return data ?? null
    },
  })
  return (
    <div>
      <Button loading={check.isPending} onClick={() => check.mutate()}>
        {t('shop.check')}
      </Button>
      {check.data && (
        <div role="status" className={check.data.ok ? 'quiet' : 'late'}>
          {t(`shopCheck.${check.data.outcome}`)} {check.data.detail}{' '}
          {t('shop.milliseconds', { count: check.data.milliseconds })}
        </div>
      )}
      {check.error && <ProblemText error={check.error} />}
    </div>
  )
}
