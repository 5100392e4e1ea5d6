import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { SecretField } from './secret-field.tsx'

/** The API takes no shorter one. */
export const SHORTEST_PASSWORD = 12

/** A new password of one's own; whoever changes it signs in anew, everywhere. */
export function PasswordForm() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState({ current: '', password: '', again: '' })
  const change = useMutation({
    mutationFn: ({ current, password }: typeof typed) =>
      client.POST('/v1/session/password', { body: { current, password } }),
    // The session has ended with the old password: the page to sign in comes next.
    onSuccess: () => window.location.reload(),
  })
  const isWhole =
    typed.current !== '' && typed.password.length >= SHORTEST_PASSWORD && typed.password === typed.again
  const set = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part })
  return (
    <Section title={t('account.changePassword')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole) change.mutate(typed)
        }}
      >
        <p className="quiet">{t('account.passwordHint', { count: SHORTEST_PASSWORD })}</p>
        <SecretField
          label={t('account.currentPassword')}
          isCurrent
          value={typed.current}
          onChange={(current) => set({ current })}
        />
        <SecretField
          label={t('account.newPassword')}
          value={typed.password}
          onChange={(password) => set({ password })}
        />
        <SecretField
          label={t('account.newPasswordAgain')}
          value={typed.again}
          onChange={(again) => set({ again })}
        />
        {typed.again !== '' && typed.again !== typed.password && (
          <div role="alert" className="late">
            {t('account.passwordsDiffer')}
          </div>
        )}
        <Button type="primary" htmlType="submit" disabled={!isWhole} loading={change.isPending}>
          {t('account.changePassword')}
        </Button>
        {change.error && <ProblemText error={change.error} />}
      </form>
    </Section>
  )
}
