import { useTranslation } from 'react-i18next'
import type { ShopMessage } from '../api/types.ts'
import { ActionButton } from './action-button.tsx'
import type { ListColumn } from './list-table.tsx'
import { Moment } from './moment.tsx'
import { Tag, type Tone } from './tag.tsx'

/** What is known of a message, whoever sent it. */
type Message = Pick<
  ShopMessage,
  'messageId' | 'receivedAt' | 'state' | 'attempts' | 'lastError' | 'canReplay'
>

const TONES: Record<Message['state'], Tone> = {
  hint: 'gold',
  fetched: 'green',
  set_aside: 'red',
  dismissed: 'grey',
  pending: 'gold',
  waiting: 'gold',
  delivered: 'green',
  late: 'grey',
  unread: 'gold',
  read: 'green',
}

type Props<Row> = {
  /** What a message is about, beside when it came. */
  about: readonly ListColumn<Row>[]
  /** What is done with one that did not get through, once more. */
  again: { label: string; act: (messageId: string) => Promise<unknown>; onDone: () => void }
}

/** The columns of a log of messages: when each came, what became of it, why it failed, and the way to try it again. */
export function useMessageColumns<Row extends Message>({ about, again }: Props<Row>): ListColumn<Row>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'received',
      title: t('shopLog.received'),
      width: 165,
      render: (_value, { receivedAt }) => <Moment at={receivedAt} />,
    },
    ...about,
    {
      key: 'state',
      title: t('shopLog.state'),
      width: 110,
      render: (_value, { state }) => <Tag tone={TONES[state]}>{t(`messageState.${state}`)}</Tag>,
    },
    { key: 'attempts', title: t('shopLog.attempts'), width: 70, align: 'right', dataIndex: 'attempts' },
    { key: 'error', title: t('shops.error'), render: (_value, { lastError }) => lastError ?? '–' },
    {
      key: 'replay',
      title: t('shopLog.replay'),
      width: 150,
      render: (_value, { messageId, canReplay }) =>
        canReplay && (
          <ActionButton
            size="small"
            label={again.label}
            act={() => again.act(messageId)}
            onDone={again.onDone}
          />
        ),
    },
  ]
}
