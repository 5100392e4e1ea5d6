/**
 * Remarks as buyers leave them, invented, each with the categories of the built-in dictionary that a person would see in
 * it; `-` for none.
 */
export const tunedRemarks = `
放门口就行，谢谢|-
送货前请打电话|-
工作日送公司，周末送家里|-
麻烦尽快发货，急用|-
请放小区菜鸟驿站|-
不要放快递柜|-
送人的，请不要放价格单|-
请发顺丰，运费可以补|-
别发错颜色，要蓝色那款|-
不要发圆通|-
发货前联系我一下|-
开发票，抬头个人|-
要两个黑色一个白色|-
家里有老人，请轻敲门|-
生日礼物，包装好看一点🎁|-
上次买的很好，又来了|-
能送点小样吗|-
尺码拿不准，偏大一点的|-
保质期要新一点的|-
一起发，别分开寄|-
到了先放前台|-
小区北门进，三号楼|-
请核对好再发|-
快递员到了打这个电话|-
不急，下周一前到就行|-
先别发货|stop
先别发货，等我确认尺码|stop
暂时不要发货|stop
不要发货了，拍错了|stop
拍错了，取消订单|stop
不想要了，请退款|stop
先 别 发 货|stop
先.别.发.货！|stop
取 消 订 单|stop
取-消-订-单|stop
不要发货！！！|stop
帮我取消一下订单|stop
等通知再发货|stop
麻烦晚几天发货，人不在家|-
地址写错了，改送到隔壁3幢|address
地址错了，联系我改|address
麻烦改地址，搬家了|address
请改一下收货地址|address
换个地址，电话联系|address
改寄到公司|address
电话写错了，正确的号码私信你|address
地 址 写 错 了|address
地址写對了吗|-
再坏我就投诉|dispute
上次那个坏了这次再坏我就打12315|dispute
收到假货就找消协|dispute
不发货就举报你们|dispute
不行就起诉|dispute
再拖就曝光|dispute
投 诉 你 们|dispute
１２３１５见|dispute
刷单的，空包就行|fraud
发空包|fraud
好评返现多少|fraud
拍的是A发B|-
加微信返现|fraud,contact
刷.单|fraud
帮忙套现|fraud
加微信聊|contact
加V聊价格|contact
加Ｖ信：abc123|contact
加我薇信|contact
加 q q 聊|contact
微信同手机号，打不通发微信|-
里面放一把管制刀具|danger
要弩箭配件|danger
同城代购迷药|danger
寄烟花爆竹|danger
`

/** Written before the dictionary, and not looked at while it was made. */
export const heldOutRemarks = `
谢谢老板|-
周六日不在家，周一送|-
放保安亭就可以|-
请用纸箱装，别用袋子|-
粉色没货就发白色|-
帮忙写张贺卡：生日快乐|-
千万别发错型号|-
不要辣的|-
收件人是我妈，打慢点电话|-
请尽快，孩子等着用|-
提前一天电话预约|-
楼下有门禁，按1203|-
颜色随机就好|-
多放点冰袋|-
要最新日期的|-
不用打电话直接放|-
和上一单一起发可以吗|-
发货后短信告诉我单号|-
发票开公司抬头，税号后补|-
快递别放驿站，送上门|-
请先别发货，我还要加一件|stop
不要了，拍错|stop
我要取消订单|stop
这单先不发，等我通知|stop
暂不发货，出差中|stop
买重复了，这单退掉|stop
别 发 货|stop
先别发貨|stop
订单取消谢谢|stop
重复下单，取消一个|stop
收货地址填错了，改成下沙|address
换地址，寄到学校|address
修改地址：滨江那边|address
地址有误，请联系|address
手机号填错了|address
不给退就去12315|dispute
假货必投诉|dispute
小心我去工商局|dispute
敢发次品就差评曝光|dispute
律师函见|dispute
需要刷单找我|fraud
五星好评返现吗|fraud
空包裹发我就行|fraud
信用卡套现用|fraud
加微详聊|contact
留个微信号，便宜点私下交易|contact
加扣扣|contact
加vx|contact
仿真枪要吗|danger
顺便带点迷魂药|danger
打火机充气罐多放几个|-
`

export function parseRemarks(lines: string): { remark: string; categories: string[] }[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [remark = '', categories = ''] = line.split('|')
      return { remark, categories: categories === '-' ? [] : categories.split(',') }
    })
}
