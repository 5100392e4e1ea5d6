import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { SubscriptionDraft } from './draft.ts'
import { SubscriptionForm } from './subscription-form.tsx'

const NOTHING: SubscriptionDraft = { name: '', url: '', eventTypes: [], storeIds: [] }

/** Lets another system receive events from now on. Its secret is made by the hub and shown on its page. */
export function NewSubscription({
  onClose,
  onMade,
}: {
  onClose: () => void
  onMade: (subscriptionId: string) => void
}) {
  const { t } = useTranslation()
  const once = useOperation()
  const make = useMutation({
    mutationFn: (body: SubscriptionDraft) =>
      once(body, async (header) => {
        const { data } = await client.POST('/v1/subscriptions', { params: { header }, body })
        if (!data) throw new Error('the API made no subscription')
        return data.subscriptionId
      }),
    onSuccess: onMade,
  })
  return (
    <SubscriptionForm
      title={t('subscriptions.create')}
      initial={NOTHING}
      isPending={make.isPending}
      error={make.error}
      onSubmit={make.mutate}
      onClose={onClose}
    />
  )
}
