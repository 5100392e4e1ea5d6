import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { Subscription } from '../api/types.ts'
import { changesOf, type SubscriptionDraft } from './draft.ts'
import { SubscriptionForm } from './subscription-form.tsx'

type Props = { subscription: Subscription; onClose: () => void; onChanged: () => void }

/** Changes what a system receives, of which stores, or where. */
export function EditSubscription({ subscription, onClose, onChanged }: Props) {
  const { t } = useTranslation()
  const once = useOperation()
  // As it was when the form was opened: the page behind it looks again every few seconds.
  const [before] = useState<SubscriptionDraft>(() => {
    const { name, url, eventTypes, storeIds } = subscription
    return { name, url, eventTypes, storeIds }
  })
  const change = useMutation({
    mutationFn: async (draft: SubscriptionDraft) => {
      const body = changesOf(before, draft)
      if (Object.keys(body).length === 0) return
      const path = { subscriptionId: subscription.subscriptionId }
      await once(body, (header) =>
        client.PATCH('/v1/subscriptions/{subscriptionId}', { params: { path, header }, body }),
      )
    },
    onSuccess: onChanged,
  })
  return (
    <SubscriptionForm
      title={t('subscriptions.edit')}
      initial={before}
      isPending={change.isPending}
      error={change.error}
      onSubmit={change.mutate}
      onClose={onClose}
    />
  )
}
