import { useMutation } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { PlatformFields } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { credentialsOf } from './credentials.ts'

/** Longer than any token. */
const MOST_CHARACTERS = 4_096

type Props = {
  platform: string
  onSend: (credentials: Record<string, string>) => Promise<unknown>
  onDone: () => void
}

/** New credentials of a shop. They are written and never read: whoever opens this form finds it empty. */
export function CredentialsForm({ platform, ...props }: Props) {
  const platforms = api.useQuery('get', '/v1/platforms')
  return (
    <Loaded query={platforms}>
      {({ items }) => (
        <Form fields={items.find((each) => each.platform === platform)?.credentials ?? []} {...props} />
      )}
    </Loaded>
  )
}

function Form({ fields, onSend, onDone }: Omit<Props, 'platform'> & { fields: PlatformFields }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<Record<string, string>>({})
  const send = useMutation({ mutationFn: onSend, onSuccess: onDone })
  const credentials = credentialsOf(fields, typed)
  return (
    <form
      className="field"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        if (credentials !== null) send.mutate(credentials)
      }}
    >
      <p className="quiet">{t('shop.credentialsHint')}</p>
      <CredentialFields fields={fields} typed={typed} onChange={setTyped} />
      <Button type="primary" htmlType="submit" disabled={credentials === null} loading={send.isPending}>
        {t('shop.saveCredentials')}
      </Button>
      {send.error && <ProblemText error={send.error} />}
    </form>
  )
}

export function CredentialFields({
  fields,
  typed,
  onChange,
}: {
  fields: PlatformFields
  typed: Readonly<Record<string, string>>
  onChange: (typed: Record<string, string>) => void
}) {
  const id = useId()
  const { t } = useTranslation()
  return fields.map(({ field, isRequired, mayBeEmpty, choices, default: usual }) => (
    <div key={field} className="field">
      <label htmlFor={`${id}-${field}`}>
        <code>{field}</code>
        {(!isRequired || mayBeEmpty) && <span className="quiet"> {t('shop.optional')}</span>}
      </label>
      {choices === null ? (
        <Input.Password
          id={`${id}-${field}`}
          autoComplete="new-password"
          maxLength={MOST_CHARACTERS}
          aria-required={isRequired && !mayBeEmpty}
          {...(usual ? { placeholder: usual } : {})}
          value={typed[field] ?? ''}
          onChange={({ target }) => onChange({ ...typed, [field]: target.value })}
        />
      ) : (
        <Select
          id={`${id}-${field}`}
          value={typed[field] ?? usual}
          onChange={(value) => onChange({ ...typed, [field]: value ?? '' })}
          options={choices.map((value) => ({ value, label: value }))}
        />
      )}
    </div>
  ))
}
