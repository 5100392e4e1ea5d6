import { useTranslation } from 'react-i18next'
import type { CustomerDetail } from '../api/types.ts'
import { Moment } from '../components/moment.tsx'
import { Tag } from '../components/tag.tsx'
import { ChannelName } from '../components/tags.tsx'

/** By what a customer is known: that it is a number or a platform's buyer, and never which. */
export function CustomerIdentity({ identity }: { identity: CustomerDetail['identities'][number] }) {
  const { t } = useTranslation()
  const { kind, channel, orders, seenAt } = identity
  return (
    <>
      <Tag tone="blue">{t(`identityKind.${kind}`)}</Tag> <ChannelName channel={channel} />{' '}
      <span>{t('customer.identityOrders', { count: orders })}</span> <Moment at={seenAt} />
    </>
  )
}
