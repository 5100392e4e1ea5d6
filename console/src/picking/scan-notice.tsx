import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import type { ReactNode } from 'react'

/** What the last scan came to, large enough to be read at arm's length; also read aloud. */
export function ScanNotice({ tone, children }: { tone: 'right' | 'wrong'; children: ReactNode }) {
  return (
    <div className={`scan-notice scan-${tone}`} role={tone === 'wrong' ? 'alert' : 'status'}>
      {tone === 'wrong' ? <CloseCircleFilled aria-hidden /> : <CheckCircleFilled aria-hidden />}
      <span>{children}</span>
    </div>
  )
}
