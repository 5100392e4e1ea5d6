import { useQueryClient } from '@tanstack/react-query'
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import type { SnoozeBody, WorkItem } from '../api/types.ts'
import { type BulkAction, BulkBar } from '../components/bulk-bar.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import type { SendOne } from '../components/use-bulk-run.ts'
import type { Selection } from '../components/use-selection.ts'
import { usePerson } from '../session/session.ts'
import { PersonSelect } from './person-select.tsx'
import { SnoozeForm } from './snooze-form.tsx'

type Props = { selection: Selection<WorkItem>; keyOf: (item: WorkItem) => string }

// Each says how an item is to be, so that it may be said twice: none of these has an idempotency key.
const assign =
  (owner: string): SendOne<WorkItem> =>
  ({ workItemId }) =>
    client.POST('/v1/work-items/{workItemId}/assign', { params: { path: { workItemId } }, body: { owner } })
const snooze =
  (body: SnoozeBody): SendOne<WorkItem> =>
  ({ workItemId }) =>
    client.POST('/v1/work-items/{workItemId}/snooze', { params: { path: { workItemId } }, body })
const resolve =
  (resolution: string): SendOne<WorkItem> =>
  ({ workItemId }) =>
    client.POST('/v1/work-items/{workItemId}/resolve', {
      params: { path: { workItemId } },
      body: { resolution },
    })

/** What can be done with several work items at once: given to somebody, put off, closed with one sentence. */
export function WorkItemBulk({ selection, keyOf }: Props) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const actions: BulkAction<WorkItem>[] = [
    {
      key: 'assign',
      label: t('workItems.assign'),
      panel: (_items, begin) => <AssignPanel onAssign={(owner) => begin(assign(owner))} />,
    },
    {
      key: 'snooze',
      label: t('workItems.snooze'),
      panel: (_items, begin) => <SnoozeForm isPending={false} onSnooze={(body) => begin(snooze(body))} />,
    },
    {
      key: 'resolve',
      label: t('workItems.resolve'),
      panel: (_items, begin) => (
        <ReasonForm
          label={t('workItems.resolution')}
          hint={t('workItems.resolutionHint')}
          button={t('workItems.resolve')}
          isPending={false}
          error={null}
          onSubmit={(resolution) => begin(resolve(resolution))}
        />
      ),
    },
  ]
  return (
    <BulkBar
      selection={selection}
      keyOf={keyOf}
      actions={actions}
      onSettled={() => {
        void queries.invalidateQueries({ queryKey: ['get', '/v1/work-items'] })
        void queries.invalidateQueries({ queryKey: ['get', '/v1/work-items/counts'] })
      }}
    />
  )
}

function AssignPanel({ onAssign }: { onAssign: (owner: string) => void }) {
  const { t } = useTranslation()
  const { userName } = usePerson()
  const [owner, setOwner] = useState<string | null>(null)
  return (
    <Space wrap>
      <PersonSelect value={owner} onChange={setOwner} />
      <Button disabled={owner === null} onClick={() => owner !== null && onAssign(owner)}>
        {t('workItems.assign')}
      </Button>
      <Button type="primary" onClick={() => onAssign(userName)}>
        {t('workItems.take')}
      </Button>
    </Space>
  )
}
