import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { AbnormalOrder } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { FindingFacts } from '../policies/finding-facts.tsx'

/** Lets an order go that the rules hold: by the number of the check that was looked at, so that a later one is looked at, too. */
export function ReleaseForm({ orderId, onDone }: { orderId: string; onDone: () => void }) {
  const order = api.useQuery('get', '/v1/abnormal-orders/{orderId}', { params: { path: { orderId } } })
  return (
    <Loaded query={order}>
      {({ checks }) => <Release orderId={orderId} checks={checks} onDone={onDone} />}
    </Loaded>
  )
}

type ReleaseProps = { orderId: string; checks: AbnormalOrder['checks']; onDone: () => void }

function Release({ orderId, checks, onDone }: ReleaseProps) {
  const { t } = useTranslation()
  const once = useOperation()
  const held = checks.findLast(({ state }) => state === 'held')
  const release = useMutation({
    mutationFn: (body: { checkNumber: number; reason: string }) =>
      once(body, (header) =>
        client.POST('/v1/abnormal-orders/{orderId}/release', {
          params: { path: { orderId }, header },
          body,
        }),
      ),
    onSuccess: onDone,
  })
  if (!held) return null
  return (
    <>
      {held.findings.map((finding) => (
        <p key={finding.findingId}>
          <strong>{finding.tag}</strong> <FindingFacts finding={finding} />
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
