import { v7 as uuid } from 'uuid'
import { expect } from 'vitest'
import type { Role } from '../../domain/role.ts'
import type { System } from '../../store/identity.ts'
import { openTestApi, seedCallers } from '../api/support.ts'
import type { TestHub } from './hub.ts'

/** Where orders are placed, paid, changed and shipped over the API of a hub, with everything behind it real. */
export async function openChangeDesk(hub: TestHub) {
  const keys = await seedCallers(hub.db, 'MALL')
  const { keyRing, policies, commands: orderCommands } = hub
  const api = await openTestApi(hub, keys, { deps: { keyRing, policies, orderCommands } })
  /** Every paid order: what it was worth when it was placed. */
  const orders: { orderId: string; openingCents: number; amountCents: number }[] = []

  async function call(caller: System | Role, method: 'GET' | 'POST', path: string, payload?: object) {
    const response = await api.as(caller, {
      method,
      url: `/v1${path}`,
      ...(payload ? { payload, headers: { 'idempotency-key': uuid() } } : {}),
    })
    if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode} ${response.body}`)
    return response.json()
  }
  const pay = (orderId: string, amountCents: number) =>
    call('payments', 'POST', `/orders/${orderId}/payments`, {
      ...{ paymentId: `PAY-${uuid()}`, amountCents, method: 'wechat', paidAt: new Date().toISOString() },
    })
  /** The pick tasks that a warehouse may work on, once there are some. */
  const untilTasks = (orderId: string) =>
    hub.until(`pick tasks of ${orderId}`, async () => {
      const { items } = await call('ops', 'GET', `/pick-tasks?orderId=${orderId}`)
      const open = items.filter((task: { state: string; onHoldFor: unknown }) => {
        return task.state === 'created' && task.onHoldFor === null
      })
      return open.length > 0 ? open : null
    })

  /** Two units at ¥10.00 and ¥5.00 freight. */
  const placeOrder = (skuId = 'SKU-A'): Promise<{ orderId: string; amountCents: number }> =>
    call('mall', 'POST', '/orders', {
      ...{ storeId: 'MALL', channel: 'mall', freightCents: 500 },
      contact: { name: '张三', phone: '13800138000', divisionCode: '330106', address: '文三路 1 号' },
      lines: [{ skuId, quantity: 2, unitPriceCents: 1_000 }],
    })

  /** One such order, paid, with its task at the warehouse. */
  async function paidOrder(skuId?: string): Promise<{ orderId: string; paymentId: string }> {
    const { orderId, amountCents } = await placeOrder(skuId)
    const { paymentId, outcome } = await pay(orderId, amountCents)
    expect(outcome).toBe('accepted')
    await untilTasks(orderId)
    orders.push({ orderId, openingCents: amountCents, amountCents })
    return { orderId, paymentId }
  }

  /** Packed, and on its way. */
  async function ship(orderId: string): Promise<string> {
    const [task] = await untilTasks(orderId)
    const waybillNumber = `WB-${uuid()}`
    hub.scans(waybillNumber, ['in_transit'])
    await call('warehouse', 'POST', `/pick-tasks/${task.pickTaskId}/events`, {
      ...{ type: 'packed', eventId: uuid(), courier: 'sim', waybillNumber },
    })
    return waybillNumber
  }

  const readRequest = (changeId: string) => call('clerk', 'GET', `/change-requests/${changeId}`)
  const untilRequest = (changeId: string, status: string) =>
    hub.until(`${changeId} to be ${status}`, async () => {
      const found = await readRequest(changeId)
      if (found.end && found.status !== status) throw new Error(`${found.status}: ${found.end.detail}`)
      return found.status === status ? found : null
    })

  const requestOf = async (orderId: string, change: object) => ({
    ...{ orderId, change, reasonCode: 'customer_request', reason: '客户要求' },
    orderVersion: (await call('clerk', 'GET', `/orders/${orderId}`)).version,
  })
  /** Asks for a change of the order as it is now. */
  const ask = async (orderId: string, change: object): Promise<string> =>
    (await call('clerk', 'POST', '/change-requests', await requestOf(orderId, change))).changeId
  /** Asks for it, until somebody has to decide. */
  const askAndWait = async (orderId: string, change: object) =>
    untilRequest(await ask(orderId, change), 'in_approval')
  const approve = (approver: Role, { changeId, orderVersion }: { changeId: string; orderVersion: number }) =>
    call(approver, 'POST', `/change-requests/${changeId}/decisions`, {
      ...{ decision: 'approve', requestVersion: 1, stepNumber: 1, orderVersion },
    })

  /** Looks at it, asks for it, and has it approved by the one whose turn it is; until it is applied. */
  async function apply(orderId: string, change: object, approver: Role) {
    const request = await requestOf(orderId, change)
    const preview = await call('clerk', 'POST', '/change-requests?dryRun=true', request)
    const { changeId, changeNumber } = await call('clerk', 'POST', '/change-requests', request)
    await approve(approver, await untilRequest(changeId, 'in_approval'))
    const applied = await untilRequest(changeId, 'applied')
    // What was promised is what was done; whoever it is to go to has no name before somebody asks for it.
    const contactId = applied.effect.contact?.contactId
    const promised = contactId ? { ...preview.effect.contact, contactId } : null
    expect(applied.effect).toEqual({ ...preview.effect, contact: promised })
    const order = await call('clerk', 'GET', `/orders/${orderId}`)
    return { preview, applied, order, changeNumber }
  }
  const untilOrder = (orderId: string, what: string, isSo: (order: Record<string, unknown>) => boolean) =>
    hub.until(`${orderId}: ${what}`, async () => {
      const order = await call('clerk', 'GET', `/orders/${orderId}`)
      return isSo(order) ? order : null
    })
  const refundsOf = (orderId: string) =>
    hub.until(`the refunds of ${orderId}`, async () => {
      const refunds = await hub.refunds(orderId)
      return refunds.every((refund) => refund.state === 'done')
        ? refunds.map(({ payment_id, amount_cents, reason }) => [payment_id, amount_cents, reason])
        : null
    })

  return {
    ...{ api, orders, call, pay, untilTasks, placeOrder, paidOrder, ship },
    ...{ readRequest, untilRequest, ask, askAndWait, approve, apply, untilOrder, refundsOf },
    close: () => api.close(),
  }
}
