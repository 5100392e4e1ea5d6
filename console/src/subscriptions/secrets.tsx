import { useMutation } from '@tanstack/react-query'
import { Button, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { ActionButton } from '../components/action-button.tsx'
import { Moment } from '../components/moment.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'

const OVERLAP_HOURS = 24

/** What signs the messages. Shown at a press and kept nowhere: neither in the cache of questions nor after the page is left. */
export function Secrets({ subscriptionId }: { subscriptionId: string }) {
  const { t } = useTranslation()
  const path = { subscriptionId }
  const show = useMutation({
    mutationFn: async () => {
      const { data } = await client.GET('/v1/subscriptions/{subscriptionId}/secrets', { params: { path } })
      return data?.secrets ?? []
    },
    gcTime: 0,
  })
  return (
    <Section title={t('subscriptions.secrets')}>
      <Space wrap align="start">
        {show.data ? (
          <Button onClick={() => show.reset()}>{t('subscriptions.hideSecrets')}</Button>
        ) : (
          <Button loading={show.isPending} onClick={() => show.mutate()}>
            {t('subscriptions.showSecrets')}
          </Button>
        )}
        <ActionButton
          label={t('subscriptions.rotate')}
          confirm={t('subscriptions.rotateHint', { count: OVERLAP_HOURS })}
          act={(header) =>
            client.POST('/v1/subscriptions/{subscriptionId}/secrets', {
              params: { path, header },
              body: { overlapHours: OVERLAP_HOURS },
            })
          }
          onDone={() => show.mutate()}
        />
      </Space>
      {show.data?.map(({ secret, createdBy, createdAt, expiresAt }) => (
        <div key={secret} className="row-line">
          <code className="secret">{secret}</code>
          <span className="quiet">
            {createdBy} <Moment at={createdAt} />
          </span>
          {expiresAt !== null && (
            <span>
              {t('subscriptions.expires')} <Moment at={expiresAt} />
            </span>
          )}
        </div>
      ))}
      {show.error && <ProblemText error={show.error} />}
    </Section>
  )
}
