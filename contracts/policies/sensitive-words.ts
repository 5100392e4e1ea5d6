import { z } from 'zod'
import { text } from '../common.ts'
import { definePolicy } from './definition.ts'

/** Of all categories together. More would take the workers' memory, and seconds to be read. */
const MOST_WORDS = 200_000

/**
 * What in a buyer's remark somebody should know of, by categories that rules can ask for. Spaces, punctuation, width and
 * case do not matter; docs/abnormal-orders.md.
 */
const schema = z.strictObject({
  categories: z
    .array(
      z.strictObject({
        category: z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, 'must be a name such as dispute'),
        title: text(30),
        words: z.array(z.string().min(1).max(50)).max(MOST_WORDS),
      }),
    )
    .max(50)
    .superRefine((categories, context) => {
      const names = categories.map(({ category }) => category)
      for (const [index, { words }] of categories.entries()) {
        if (names.indexOf(names[index] ?? '') !== index) {
          context.addIssue({ code: 'custom', path: [index, 'category'], message: 'is used twice' })
        }
        const empty = words.findIndex((word) => !/[\p{L}\p{N}]/u.test(word.normalize('NFKC')))
        if (empty >= 0) {
          const path = [index, 'words', empty]
          context.addIssue({ code: 'custom', path, message: 'has no letter and no digit' })
        }
      }
      if (categories.reduce((sum, { words }) => sum + words.length, 0) > MOST_WORDS) {
        context.addIssue({ code: 'custom', path: [], message: `has more than ${MOST_WORDS} words` })
      }
    }),
})
export type SensitiveWordsPolicy = z.output<typeof schema>

const words = (list: string) => list.split(' ')

export const sensitiveWords = definePolicy({
  title: { en: 'Sensitive words', zh: '备注敏感词' },
  schema,
  initial: schema.parse({
    categories: [
      {
        category: 'stop',
        title: '暂停或取消',
        words: words(
          '先别发 先不发 别发货 不要发货 先不要发 先别寄 先不寄 暂不发货 暂停发货 暂时不发 暂时不要发 暂时别发 暂缓发货 ' +
            '等通知再发 等我通知 通知再发 取消订单 订单取消 取消一下订单 取消这单 取消此单 取消一个 取消一单 这单取消 撤销订单 ' +
            '不想要了 不要了 拍错了 拍错 买错了 下错单 买重复 拍重复 重复下单 重复拍 退掉 退款 申请退',
        ),
      },
      {
        category: 'address',
        title: '改收货信息',
        words: words(
          '地址写错 地址错 地址填错 地址有误 地址不对 改地址 换地址 改下地址 改一下地址 修改地址 更改地址 变更地址 换个地址 ' +
            '改一下收货地址 改收货地址 改收货人 改收件人 改寄 改送 改派 寄到另 电话写错 电话填错 电话错 号码写错 号码填错 手机号错 ' +
            '手机号填错 手机号写错 手机填错 姓名写错 名字写错 收件人写错',
        ),
      },
      {
        category: 'dispute',
        title: '投诉维权',
        words: words(
          '投诉 12315 12345 消协 消费者协会 工商局 市场监管 市监局 起诉 律师 法院 仲裁 维权 曝光 举报 假货 假一赔 差评 ' +
            '欺诈 骗子 诈骗 索赔 赔偿 报警 媒体',
        ),
      },
      {
        category: 'fraud',
        title: '刷单套现',
        words: words(
          '刷单 刷销量 刷好评 空包 好评返现 五星返现 返现 套现 代拍 虚假发货 虚拟发货 补单 薅羊毛 洗钱',
        ),
      },
      {
        category: 'contact',
        title: '站外联系',
        words: words(
          '加微 加v 加vx 加wx 加薇 薇信 加威信 加q 加qq 加扣扣 加企鹅 私下交易 线下交易 私下转账 微信转账 支付宝转账 站外 留个微信 ' +
            '留微信 vx号 扣扣号',
        ),
      },
      {
        category: 'danger',
        title: '违禁品',
        words: words(
          '枪支 仿真枪 气枪 子弹 弹药 弩箭 弓弩 管制刀具 炸药 雷管 烟花 爆竹 鞭炮 汽油 毒品 大麻 冰毒 摇头丸 迷药 迷魂药 ' +
            '催情药 假币 假证 身份证代办 窃听器 电击棒 氰化',
        ),
      },
    ],
  }),
})
