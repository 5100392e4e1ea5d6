import { useMutation } from '@tanstack/react-query'
import { Button, Drawer, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { EventTypesField } from './event-types-field.tsx'

const NAME_CHARACTERS = 100
const URL_CHARACTERS = 2_000

/** Lets another system receive events from now on. Its secret is made by the hub and shown on its page. */
export function NewSubscription({
  onClose,
  onMade,
}: {
  onClose: () => void
  onMade: (subscriptionId: string) => void
}) {
  const { t } = useTranslation()
  const id = useId()
  const { options: stores } = useNames('/v1/stores')
  const [draft, setDraft] = useState({
    name: '',
    url: '',
    eventTypes: [] as string[],
    storeIds: [] as string[],
  })
  const make = useMutation({
    mutationFn: async () => {
      // Sent twice by mistake, the second is refused: no two subscriptions have one name.
      const header = { 'Idempotency-Key': newIdempotencyKey() }
      const { data } = await client.POST('/v1/subscriptions', { params: { header }, body: draft })
      if (!data) throw new Error('the API made no subscription')
      return data.subscriptionId
    },
    onSuccess: onMade,
  })
  const isWhole = draft.name.trim() !== '' && draft.url.trim() !== '' && draft.eventTypes.length > 0
  return (
    <Drawer open onClose={onClose} size="large" title={t('subscriptions.create')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole) make.mutate()
        }}
      >
        <div className="field">
          <label htmlFor={`${id}-name`}>{t('subscriptions.name')}</label>
          <Input
            id={`${id}-name`}
            maxLength={NAME_CHARACTERS}
            value={draft.name}
            onChange={({ target }) => setDraft({ ...draft, name: target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-url`}>{t('subscriptions.url')}</label>
          <Input
            id={`${id}-url`}
            maxLength={URL_CHARACTERS}
            placeholder="https://"
            value={draft.url}
            onChange={({ target }) => setDraft({ ...draft, url: target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-events`}>{t('subscriptions.eventTypes')}</label>
          <EventTypesField
            id={`${id}-events`}
            value={draft.eventTypes}
            onChange={(eventTypes) => setDraft({ ...draft, eventTypes })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-stores`}>{t('subscriptions.stores')}</label>
          <Select
            id={`${id}-stores`}
            mode="multiple"
            placeholder={t('subscriptions.allStores')}
            showSearch={{ optionFilterProp: 'label' }}
            value={draft.storeIds}
            onChange={(storeIds) => setDraft({ ...draft, storeIds })}
            options={stores}
          />
        </div>
        <Button type="primary" htmlType="submit" disabled={!isWhole} loading={make.isPending}>
          {t('subscriptions.create')}
        </Button>
        {make.error && <ProblemText error={make.error} />}
      </form>
    </Drawer>
  )
}
