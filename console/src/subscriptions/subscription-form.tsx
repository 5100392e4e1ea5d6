import { Button, Drawer, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNames } from '../api/directory.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { useFocusBack } from '../components/use-focus-back.ts'
import { type SubscriptionDraft, wholeDraft } from './draft.ts'
import { EventTypesField } from './event-types-field.tsx'

const NAME_CHARACTERS = 100
const URL_CHARACTERS = 2_000

type Props = {
  /** What is done, over the form and on its button. */
  title: string
  initial: SubscriptionDraft
  isPending: boolean
  error: unknown
  onSubmit: (draft: SubscriptionDraft) => void
  onClose: () => void
}

/** Which events of which stores go where. What was typed stays until it was taken. */
export function SubscriptionForm({ title, initial, isPending, error, onSubmit, onClose }: Props) {
  const { t } = useTranslation()
  useFocusBack()
  const id = useId()
  const { options: stores } = useNames('/v1/stores')
  const [draft, setDraft] = useState(initial)
  const whole = wholeDraft(draft)
  return (
    <Drawer open onClose={onClose} size="large" title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (whole !== null) onSubmit(whole)
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
        <Button type="primary" htmlType="submit" disabled={whole === null} loading={isPending}>
          {title}
        </Button>
        {error !== null && error !== undefined && <ProblemText error={error} />}
      </form>
    </Drawer>
  )
}
