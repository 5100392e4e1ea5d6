import { useMutation } from '@tanstack/react-query'
import { Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { type OperationHeader, useOperation } from '../api/operation.ts'
import type { PurchaseDetail } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { PurchaseReceipt } from './purchase-receipt.tsx'

const NOTE_CHARACTERS = 500

type Props = { list: PurchaseDetail; onDone: () => void }

/** What can be done with a list as it stands: handed in, decided, told to the ERP again, given up. */
export function PurchaseActions({ list, onDone }: Props) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const mayChange = isOffered('changePurchases', role)
  const { purchaseId, version, status } = list
  const path = { purchaseId }
  const isGivenUp = status === 'draft' || status === 'submitted' || status === 'approved'
  const isAwaited = status === 'approved' || status === 'partially_received'
  if (!mayChange && status !== 'submitted') return null
  return (
    <Section title={t('purchase.actions')}>
      {status === 'draft' && mayChange && (
        <ActionButton
          type="primary"
          label={t('purchase.submit')}
          act={(header) =>
            client.POST('/v1/purchase-lists/{purchaseId}/submission', {
              params: { path, header },
              body: { version },
            })
          }
          onDone={onDone}
        />
      )}
      {status === 'submitted' && <Decision list={list} onDone={onDone} />}
      {list.erp.state === 'refused' && mayChange && (
        <ActionButton
          label={t('purchase.erpRetry')}
          act={(header) =>
            client.POST('/v1/purchase-lists/{purchaseId}/erp-retry', { params: { path, header } })
          }
          onDone={onDone}
        />
      )}
      {isAwaited && mayChange && <PurchaseReceipt list={list} onDone={onDone} />}
      {isGivenUp && mayChange && <Ending list={list} way="cancellation" onDone={onDone} />}
      {isAwaited && mayChange && <Ending list={list} way="closing" onDone={onDone} />}
    </Section>
  )
}

function Decision({ list, onDone }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const [note, setNote] = useState('')
  const decide = (decision: 'approve' | 'send_back') => {
    const body = { version: list.version, decision, note: note.trim() }
    const path = { purchaseId: list.purchaseId }
    return {
      content: body,
      act: (header: OperationHeader) =>
        client.POST('/v1/purchase-lists/{purchaseId}/decisions', { params: { path, header }, body }),
      onDone,
    }
  }
  return (
    <div className="field">
      <label htmlFor={id}>{t('purchase.note')}</label>
      <Input
        id={id}
        value={note}
        maxLength={NOTE_CHARACTERS}
        onChange={({ target }) => setNote(target.value)}
      />
      <div className="row-line">
        <ActionButton type="primary" label={t('purchase.approve')} {...decide('approve')} />
        <ActionButton label={t('purchase.sendBack')} {...decide('send_back')} />
      </div>
    </div>
  )
}

/** Given up before it was ordered, or closed because the rest is not coming. */
function Ending({ list, way, onDone }: Props & { way: 'cancellation' | 'closing' }) {
  const { t } = useTranslation()
  const once = useOperation()
  const end = useMutation({
    mutationFn: (reason: string) =>
      once(reason, async (header) => {
        const params = { path: { purchaseId: list.purchaseId }, header }
        await client.POST(`/v1/purchase-lists/{purchaseId}/${way}`, { params, body: { reason } })
      }),
    onSuccess: onDone,
  })
  return (
    <details>
      <summary>{t(`purchaseEnd.${way}`)}</summary>
      <ReasonForm
        label={t('purchase.reason')}
        hint={t('purchase.reasonHint')}
        button={t(`purchaseEnd.${way}`)}
        isPending={end.isPending}
        error={end.error}
        onSubmit={(reason) => end.mutate(reason)}
      />
    </details>
  )
}
