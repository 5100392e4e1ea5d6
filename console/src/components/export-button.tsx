import { DownloadOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { problemOf } from '../api/problem.ts'
import type { paths } from '../api/schema.generated.ts'
import { pickText } from '../format/bilingual.ts'

type ExportBody = NonNullable<paths['/v1/exports']['post']['requestBody']>['content']['application/json']
type Format = ExportBody['format']

const FORMATS = ['csv', 'xlsx'] as const
const LOOK_EVERY_MS = 1_000

/** Has everything that fits the filters on the screen written to a file, in the background, and offers it when it is there. */
export function ExportButton({ what }: { what: (format: Format) => ExportBody }) {
  const { t, i18n } = useTranslation()
  const [exportId, setExportId] = useState<string | null>(null)
  const begin = useMutation({
    mutationFn: async (format: Format) => {
      const header = { 'Idempotency-Key': newIdempotencyKey() }
      const { data } = await client.POST('/v1/exports', { params: { header }, body: what(format) })
      return data?.exportId ?? null
    },
    onSuccess: setExportId,
  })
  return (
    <Space wrap>
      {begin.error && <span className="late">{pickText(problemOf(begin.error).title, i18n.language)}</span>}
      {exportId !== null && <ExportProgress exportId={exportId} />}
      {FORMATS.map((format) => (
        <Button
          key={format}
          icon={<DownloadOutlined />}
          loading={begin.isPending && begin.variables === format}
          disabled={begin.isPending}
          title={t('export.hint')}
          onClick={() => begin.mutate(format)}
        >
          {t(`export.${format}`)}
        </Button>
      ))}
    </Space>
  )
}

function ExportProgress({ exportId }: { exportId: string }) {
  const { t } = useTranslation()
  const { data: job } = api.useQuery(
    'get',
    '/v1/exports/{exportId}',
    { params: { path: { exportId } } },
    { refetchInterval: ({ state }) => (isUnderWay(state.data?.state) ? LOOK_EVERY_MS : false) },
  )
  if (!job) return null
  if (isUnderWay(job.state))
    return <span role="status">{t('export.running', { count: job.rowsWritten })}</span>
  if (job.link === null) return <span className="late">{t('export.failed')}</span>
  return (
    <span role="status">
      {t('export.done', { count: job.rowsWritten })} <a href={job.link}>{t('export.download')}</a>
    </span>
  )
}

function isUnderWay(state: string | undefined): boolean {
  return state === undefined || state === 'waiting' || state === 'running'
}
