import type { Answer } from '../../http.ts'

/** The form at which people sign in. It goes back to the address that it came from. */
export function signInPage(problem: string): Answer {
  return {
    status: problem === '' ? 200 : 401,
    contentType: 'text/html; charset=utf-8',
    text: `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>企业账号 · Company account</title></head>
<body>
<main>
<h1>企业账号登录</h1>
<p role="alert">${problem}</p>
<form method="post">
<p><label>企业用户名 <input name="userName" autocomplete="username" required autofocus></label></p>
<p><label>企业密码 <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>登录企业账号</button></p>
</form>
</main>
</body>
</html>
`,
  }
}
