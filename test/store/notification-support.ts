import { sql } from 'kysely'
import { POLICIES } from '../../contracts/policies/index.ts'
import { SMS_TEMPLATE } from '../../simulator/platforms/sms/book.ts'
import { sealContact } from '../../store/contacts.ts'
import type { Db } from '../../store/database.ts'
import { planNotifications } from '../../store/notification-plan.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import type { TestStore } from './support.ts'

/** A text message that says that the parcel left, as the simulated provider knows it. */
export const SMS_SHIPPED = {
  event: 'shipped',
  way: 'sms',
  templateId: SMS_TEMPLATE,
  parameters: [
    { name: 'company', field: 'courier' },
    { name: 'no', field: 'waybillNumber' },
  ],
}

/** Puts a policy in force: that message at any hour, but for what is changed. */
export async function publishNotifications(db: Db, change: object): Promise<void> {
  const document = POLICIES.notification.schema.parse({
    templates: [SMS_SHIPPED],
    quietHours: null,
    ...change,
  })
  await publishPolicy(db, { kind: 'notification', document, author: 'test', reason: 'test' })
}

let parcels = 0
/** An order with a parcel that was packed for somebody with this number, and written down as to be told. */
export async function packedFor(
  store: TestStore,
  skuId: string,
  number: string,
  waybillNumber = `SF${++parcels}`,
): Promise<string> {
  const { order, taskIds } = await store.paidOrder([{ skuId, quantity: 1 }])
  const [taskId = ''] = taskIds
  await store.report(taskId, { type: 'packed', courier: 'sf', waybillNumber })
  const { contact_id: id } = await store.row(order.orderId)
  const sealed = sealContact(store.keyRing, id, {
    name: '张三',
    phone: number,
    address: '文三路 1 号',
    remark: '',
  })
  await store.db.updateTable('contact').set(sealed).where('id', '=', id).execute()
  await sql`insert into outbound_event (type, order_key, at, data) values ('order.parcel_packed',
    ${`order/${order.orderId}`}, now(), ${JSON.stringify({ parcelId: `${taskId}-P1` })})`.execute(store.db)
  await planNotifications(store.db, new Policies(), 100)
  return order.orderId
}

/** The order came from the own mall, which says who the buyer is at the mini-program and at the official account. */
export async function fromMall(
  store: TestStore,
  orderId: string,
  buyer: { buyerId: string; officialOpenId?: string },
): Promise<void> {
  const { contact_id: contactId } = await store.row(orderId)
  await sql`insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
    values ('mini', 'MALL', 'mall', '1', 'app', 'http://127.0.0.1:1', 'k', 'x', 'test') on conflict do nothing`.execute(
    store.db,
  )
  await sql`insert into channel_order (shop_id, platform_order_id, order_id, state, raw_status, modified_at, canonical, contact_id)
    values ('mini', ${`M-${orderId}`}, ${orderId}, 'placed', 'paid', now(), ${JSON.stringify(buyer)}, ${contactId})`.execute(
    store.db,
  )
}
