import { useTranslation } from 'react-i18next'
import { WORK_ITEM_FACTS, type WorkItemFact } from '../../../domain/work-item-facts.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ActorName } from '../components/actor-name.tsx'
import { CourierName } from '../components/courier-name.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { ChannelName } from '../components/tags.tsx'

/** What a fact is called. Work items of earlier versions may tell others: those keep the name that they came with. */
export function FactName({ name }: { name: string }) {
  const { t } = useTranslation()
  return isNamed(name) ? t(`workItemFact.${name}`) : <span className="code">{name}</span>
}

/** A fact as what it is: money, a time, a link to its order, a name where the console has one. */
export function FactValue({ name, value }: { name: string; value: string | number }) {
  const { t, i18n } = useTranslation()
  const text = String(value)
  if (text === '') return <span className="quiet">–</span>
  switch (isNamed(name) ? WORK_ITEM_FACTS[name] : 'plain') {
    case 'cents':
      return <Money cents={Number(value)} />
    case 'time':
      return <Moment at={text} />
    case 'order':
      return <OrderLink orderId={text} />
    case 'person':
      return <ActorName actor={text} />
    case 'channel':
      return <ChannelName channel={text} />
    case 'courier':
      return <CourierName courier={text} />
    case 'counterpart': {
      const key = `counterpart.${text}`
      return i18n.exists(key) ? t(key as 'counterpart.erp') : text // exists: a key of the catalogue
    }
    case 'plain':
      return text
  }
}

function isNamed(name: string): name is WorkItemFact {
  return Object.hasOwn(WORK_ITEM_FACTS, name)
}
