import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import { ProblemHelp } from '../components/states.tsx'
import { pickText } from '../format/bilingual.ts'
import { enter } from '../session/session.ts'
import { SignInCard } from '../session/sign-in-card.tsx'

/**
 * Where a card in WeCom leads to. The link is good once, and what fetches addresses for a preview would use it up: it is sent only
 * when somebody presses the button. Its token stands behind the hash, which no server ever sees, and leaves the address at once.
 */
export function LinkPage() {
  const { t } = useTranslation()
  const [token] = useState(takeToken)
  const open = useOpenLink()
  const problem = open.error ? problemOf(open.error) : null
  const isSpent = problem?.code === 'link-not-valid'
  return (
    <SignInCard title={t('link.title')}>
      {token === '' ? <Alert type="warning" showIcon title={t('link.missing')} /> : <p>{t('link.hint')}</p>}
      {problem && <OpeningFailed isSpent={isSpent} problem={problem} />}
      {token !== '' && !isSpent && (
        <Button type="primary" size="large" block loading={open.isPending} onClick={() => open.mutate(token)}>
          {t('link.open')}
        </Button>
      )}
      <Button type="link" block href="/approvals">
        {t('link.signIn')}
      </Button>
    </SignInCard>
  )
}

function OpeningFailed({ isSpent, problem }: { isSpent: boolean; problem: ReturnType<typeof problemOf> }) {
  const { t, i18n } = useTranslation()
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="link-problem"
      title={isSpent ? t('link.spent') : pickText(problem.title, i18n.language)}
      description={!isSpent && <ProblemHelp problem={problem} />}
    />
  )
}

function useOpenLink() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: async (token: string) => {
      const { data } = await client.POST('/v1/session/link', { body: { token } })
      if (!data) throw new Error('the API let nobody in')
      return data
    },
    onSuccess: async ({ identity, opens }) => {
      enter(queries, identity, true)
      await navigate({ to: '/approvals/$changeId', params: { changeId: opens.changeId }, replace: true })
    },
  })
}

/** Out of the address, so that it is neither in the history nor in a picture of the screen. */
function takeToken(): string {
  const token = window.location.hash.slice(1)
  if (token !== '') window.history.replaceState(window.history.state, '', window.location.pathname)
  return token
}
