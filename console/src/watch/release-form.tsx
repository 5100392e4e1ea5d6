import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { ReasonForm } from '../components/reason-form.tsx'
import { Failure, Loading } from '../components/states.tsx'

/** Lets an order go that the rules hold: by the number of the check that was looked at, so that a later one is looked at, too. */
export function ReleaseForm({ orderId, onDone }: { orderId: string; onDone: () => void }) {
  const { t } = useTranslation()
  const path = { orderId }
  const checks = api.useQuery('get', '/v1/abnormal-orders/{orderId}', { params: { path } })
  const held = checks.data?.checks.findLast(({ state }) => state === 'held')
  const release = useMutation({
    mutationFn: (body: { checkNumber: number; reason: string }) =>
      client.POST('/v1/abnormal-orders/{orderId}/release', {
        params: { path, header: { 'Idempotency-Key': newIdempotencyKey() } },
        body,
      }),
    onSuccess: onDone,
  })
  if (checks.isPending) return <Loading />
  if (checks.isError) return <Failure error={checks.error} onRetry={() => void checks.refetch()} />
  if (!held) return null
  return (
    <>
      {held.findings.map(({ findingId, tag, because }) => (
        <p key={findingId}>
          <strong>{tag}</strong> {because}
        </p>
      ))}
      <ReasonForm
        label={t('workItems.releaseReason')}
        hint={t('workItems.releaseHint')}
        button={t('workItems.release')}
        isPending={release.isPending}
        error={release.error}
        onSubmit={(reason) => release.mutate({ checkNumber: held.number, reason })}
      />
    </>
  )
}
