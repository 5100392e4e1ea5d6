import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Checkbox, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { CustomerDetail } from '../api/types.ts'
import { Facts } from '../components/facts.tsx'
import { Money } from '../components/money.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { CustomerIdentity } from './customer-identity.tsx'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

type Props = { customer: CustomerDetail; onDone: () => void }

/** Says that another customer is this one, once both were looked at; a split takes it back. */
export function MergeCustomer({ customer, onDone }: Props) {
  const { t } = useTranslation()
  const [other, setOther] = useState<CustomerDetail | null>(null)
  const find = useMutation({ mutationFn: findCustomer, onSuccess: setOther })
  const once = useOperation()
  const merge = useMutation({
    mutationFn: async (reason: string) => {
      const body = {
        version: customer.version,
        otherCustomerId: other?.customerId ?? '',
        reason,
      }
      const path = { customerId: customer.customerId }
      await once(body, (header) =>
        client.POST('/v1/customers/{customerId}/merge', { params: { path, header }, body }),
      )
    },
    onSuccess: onDone,
  })
  const isItself = other?.customerId === customer.customerId
  return (
    <Section title={t('customer.merge')}>
      <p className="quiet">{t('customer.mergeHint')}</p>
      <Input.Search
        className="filter-wide"
        aria-label={t('customer.other')}
        placeholder={t('customer.other')}
        autoComplete="off"
        loading={find.isPending}
        onSearch={(wanted) => {
          if (wanted.trim() !== '') find.mutate(wanted.trim())
        }}
      />
      {find.error && <ProblemText error={find.error} />}
      {find.isSuccess && (other === null || isItself) && (
        <span role="status">{t(isItself ? 'customer.itself' : 'customer.unknown')}</span>
      )}
      {other !== null && !isItself && (
        <>
          <Facts
            facts={[
              [
                t('customer.one'),
                <Link
                  key="other"
                  className="code"
                  to="/reports/customers/$customerId"
                  params={{ customerId: other.customerId }}
                >
                  {other.customerId.slice(-12)}
                </Link>,
              ],
              [t('customer.orders'), `${other.orders} / ${other.lifetimeOrders}`],
              [t('customer.net'), <Money key="net" cents={other.netCents} />],
              [t('customer.identities'), other.identities.length],
            ]}
          />
          <ReasonForm
            label={t('customer.mergeReason')}
            hint={t('customer.reasonHint')}
            button={t('customer.mergeNow')}
            isPending={merge.isPending}
            error={merge.error}
            onSubmit={(reason) => merge.mutate(reason)}
          />
        </>
      )}
    </Section>
  )
}

/** By their id, or by their number, which goes in the body of the question and stands in no address. */
async function findCustomer(wanted: string): Promise<CustomerDetail | null> {
  const customerId = UUID.test(wanted)
    ? wanted.toLowerCase()
    : ((await client.POST('/v1/customers/search', { body: { phone: wanted } })).data?.customerId ?? null)
  if (customerId === null) return null
  const { data } = await client.GET('/v1/customers/{customerId}', { params: { path: { customerId } } })
  return data ?? null
}

/** Says that a part of what a customer is known by is somebody else. */
export function SplitCustomer({
  customer,
  onDone,
}: {
  customer: CustomerDetail
  onDone: (splitOffId: string | null) => void
}) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<readonly string[]>([])
  const once = useOperation()
  const split = useMutation({
    mutationFn: async (reason: string) => {
      const body = { version: customer.version, identityIds: [...chosen], reason }
      const path = { customerId: customer.customerId }
      const { data } = await once(body, (header) =>
        client.POST('/v1/customers/{customerId}/split', { params: { path, header }, body }),
      )
      return data?.splitOff.customerId ?? null
    },
    onSuccess: onDone,
  })
  if (customer.identities.length < 2) return null
  const leavesSomething = chosen.length > 0 && chosen.length < customer.identities.length
  return (
    <Section title={t('customer.split')}>
      <p className="quiet">{t('customer.splitHint')}</p>
      <fieldset className="plain-group" aria-label={t('customer.identities')}>
        {customer.identities.map((identity) => (
          <div key={identity.identityId} className="row-line">
            <Checkbox
              checked={chosen.includes(identity.identityId)}
              onChange={({ target }) =>
                setChosen((present) =>
                  target.checked
                    ? [...present, identity.identityId]
                    : present.filter((id) => id !== identity.identityId),
                )
              }
            >
              <CustomerIdentity identity={identity} />
            </Checkbox>
          </div>
        ))}
      </fieldset>
      {leavesSomething ? (
        <ReasonForm
          label={t('customer.splitReason')}
          hint={t('customer.reasonHint')}
          button={t('customer.splitNow')}
          isPending={split.isPending}
          error={split.error}
          onSubmit={(reason) => split.mutate(reason)}
        />
      ) : (
        chosen.length > 0 && <span role="status">{t('customer.splitWhole')}</span>
      )}
    </Section>
  )
}
