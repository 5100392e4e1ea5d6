import { useMutation } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import { problemOf } from '../api/problem.ts'
import type { CustomerDetail, ErasedCustomer } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'

const REASON_CHARACTERS = 200
const GOES = ['contacts', 'identities', 'files', 'inspections'] as const
const STAYS = ['orders', 'ledger', 'others'] as const

type Props = { customer: CustomerDetail; onDone: (erased: ErasedCustomer) => void }

/** Forgets a person on their request, once it was read what goes and what stays: nothing brings it back. */
export function EraseCustomer({ customer, onDone }: Props) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const once = useOperation()
  const erase = useMutation({
    mutationFn: async (reason: string) => {
      const body = { version: customer.version, reason }
      const path = { customerId: customer.customerId }
      const { data } = await once(body, (header) =>
        client.POST('/v1/customers/{customerId}/erasure', { params: { path, header }, body }),
      )
      if (!data) throw new Error('the API did not say what it has erased')
      return data
    },
    onSuccess: onDone,
  })
  return (
    <Section title={t('customer.erase')}>
      <p className="quiet">{t('customer.eraseHint')}</p>
      <Button danger onClick={() => setOpen(true)}>
        {t('customer.erase')}
      </Button>
      <Modal
        open={isOpen}
        title={t('customer.erase')}
        footer={null}
        destroyOnHidden
        onCancel={() => setOpen(false)}
      >
        <strong>{t('customer.goes')}</strong>
        <ul>
          {GOES.map((what) => (
            <li key={what}>{t(`customerGoes.${what}`)}</li>
          ))}
        </ul>
        <strong>{t('customer.stays')}</strong>
        <ul>
          {STAYS.map((what) => (
            <li key={what}>{t(`customerStays.${what}`)}</li>
          ))}
        </ul>
        <ReasonForm
          label={t('customer.eraseReason')}
          hint={t('customer.reasonHint')}
          button={t('customer.eraseNow')}
          danger
          maxLength={REASON_CHARACTERS}
          isPending={erase.isPending}
          error={erase.error}
          onSubmit={(reason) => erase.mutate(reason)}
        />
        {erase.error !== null && <OpenOrders orderIds={problemOf(erase.error).orderIds} />}
      </Modal>
    </Section>
  )
}

/** What has to be over first. */
function OpenOrders({ orderIds }: { orderIds: readonly string[] }) {
  return orderIds.map((orderId) => (
    <div key={orderId}>
      <OrderLink orderId={orderId} />
    </div>
  ))
}
