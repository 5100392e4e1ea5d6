import type { Identity } from '../store/identity.ts'

type Personal = { name: string; phone: string; address: string; remark: string }

/**
 * Who needs to know whom an order goes to: the buyer's own system, and the people of the store who talk to the
 * customer. Everybody else sees enough to recognise a customer on the telephone, and no more.
 */
export function mayReadContact(identity: Identity): boolean {
  return identity.kind === 'system'
    ? identity.system === 'mall'
    : ['clerk', 'team_lead', 'store_manager'].includes(identity.role)
}

/** 张三 → 张*, 13812341234 → 138****1234; address and remark say nothing. */
export function maskContact({ name, phone, remark }: Personal): Personal {
  return {
    name: `${[...name][0] ?? ''}*`,
    phone: phone.length >= 9 ? `${phone.slice(0, 3)}****${phone.slice(-4)}` : '****',
    address: '****',
    remark: remark === '' ? '' : '****',
  }
}
