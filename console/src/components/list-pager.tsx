import { LeftOutlined, RightOutlined, VerticalRightOutlined } from '@ant-design/icons'
import { Button, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ListResult } from './use-list.ts'

/**
 * First, back and on. The API's lists have no numbered pages, because a page by number skips or repeats rows while others write;
 * a cursor does not.
 */
export function ListPager({ list }: { list: Pick<ListResult<unknown>, 'pager'> }) {
  const { t } = useTranslation()
  const { toFirst, toPrevious, toNext } = list.pager
  return (
    <Space size="small">
      <Button
        size="small"
        icon={<VerticalRightOutlined />}
        disabled={toFirst === null}
        onClick={toFirst ?? undefined}
      >
        {t('list.firstPage')}
      </Button>
      <Button
        size="small"
        icon={<LeftOutlined />}
        disabled={toPrevious === null}
        onClick={toPrevious ?? undefined}
      >
        {t('list.previous')}
      </Button>
      <Button
        size="small"
        icon={<RightOutlined />}
        iconPlacement="end"
        disabled={toNext === null}
        onClick={toNext ?? undefined}
      >
        {t('list.next')}
      </Button>
    </Space>
  )
}
