import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pickText } from '../format/bilingual.ts'
import { type BulkRun, progressOf } from './bulk-run.ts'
import { MOST_SELECTED } from './selection.ts'
import { type SendOne, useBulkRun } from './use-bulk-run.ts'
import type { Selection } from './use-selection.ts'

export type BulkAction<Row> = {
  key: string
  label: string
  /** What somebody fills in first; `begin` asks it of every row that is ticked, one after the other. */
  panel: (rows: readonly Row[], begin: (send: SendOne<Row>) => void) => ReactNode
}

type Props<Row> = {
  selection: Selection<Row>
  keyOf: (row: Row) => string
  actions: readonly BulkAction<Row>[]
  /** After a run: the lists have become old. */
  onSettled: () => void
}

/**
 * What can be done with everything that is ticked. Each row is asked about by a request of its own, so that one that is refused keeps
 * no other back; the bar says how far it is, which failed and why, and goes on with those.
 */
export function BulkBar<Row>({ selection, keyOf, actions, onSettled }: Props<Row>) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<string | null>(null)
  const { run, begin, stop, goOn, forget } = useBulkRun(keyOf, onSettled)
  const { selected, clear, nameOf } = selection
  const rows = [...selected.values()]
  const action = actions.find(({ key }) => key === open)
  if (rows.length === 0 && run === null) return null
  return (
    <section className="bulk-bar card" aria-label={t('bulk.title')}>
      <div className="row-line">
        <strong role="status">{t('bulk.selected', { count: rows.length })}</strong>
        {rows.length >= MOST_SELECTED && (
          <span className="late">{t('bulk.most', { count: MOST_SELECTED })}</span>
        )}
        {run === null &&
          actions.map(({ key, label }) => (
            <Button
              key={key}
              type={key === open ? 'primary' : 'default'}
              aria-expanded={key === open}
              onClick={() => setOpen(key === open ? null : key)}
            >
              {label}
            </Button>
          ))}
        {run === null && (
          <Button type="link" onClick={clear}>
            {t('bulk.clear')}
          </Button>
        )}
      </div>
      {run === null && action && (
        <div key={action.key} className="bulk-panel">
          {action.panel(rows, (send) => begin(rows, send))}
        </div>
      )}
      {run !== null && (
        <RunView
          run={run}
          nameOf={nameOf}
          onStop={stop}
          onGoOn={() => goOn((id) => selected.get(id))}
          onClose={() => {
            forget()
            setOpen(null)
            clear()
          }}
        />
      )}
    </section>
  )
}

type RunProps<Row> = {
  run: BulkRun<Row>
  nameOf: (row: Row) => string
  onStop: () => void
  onGoOn: () => void
  onClose: () => void
}

function RunView<Row>({ run, nameOf, onStop, onGoOn, onClose }: RunProps<Row>) {
  const { t, i18n } = useTranslation()
  const { total, done, failed, waiting, isOver } = progressOf(run)
  const left = failed + waiting
  return (
    <div className="bulk-panel">
      <progress aria-label={t('bulk.progress')} max={total} value={done + failed} />
      <div role="status">
        {t('bulk.done', { done, total })}
        {failed > 0 && ` · ${t('bulk.failed', { count: failed })}`}
        {isOver && waiting > 0 && ` · ${t('bulk.unsent', { count: waiting })}`}
      </div>
      {failed > 0 && (
        <ul className="bulk-failures">
          {run.entries.map(
            ({ id, row, state, problem }) =>
              state === 'failed' &&
              problem !== null && (
                <li key={id}>
                  <strong>{nameOf(row)}</strong> {pickText(problem.title, i18n.language)}
                </li>
              ),
          )}
        </ul>
      )}
      <div className="row-line">
        {!isOver && <Button onClick={onStop}>{t('bulk.stop')}</Button>}
        {isOver && left > 0 && (
          <Button type="primary" onClick={onGoOn}>
            {t('bulk.again', { count: left })}
          </Button>
        )}
        {isOver && <Button onClick={onClose}>{t('common.close')}</Button>}
      </div>
    </div>
  )
}
