import { Html, html } from './html.js'
import { PAGE_STYLE } from './page-style.js'

/** Writes the page on which people log in; `src/browser` brings it to life. */
export function renderPeoplePage(): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AuthCore: people</title>
<style>${new Html(PAGE_STYLE)}</style>
<script type="module" src="/people.js"></script>
</head>
<body>
<header><div>
<h1>People</h1>
<p>Register, log in, add a second factor, forget the password. Every form is a call of the API below <code>/auth</code>.</p>
<p class="faint"><a href="/">All calls, for your shell</a></p>
</div></header>
<main>
${RESET}
${ACCOUNT}
${LOGIN}
<footer class="faint">Tokens are kept in the memory of this page: reloading logs out. Nothing is sent anywhere else.</footer>
</main>
</body>
</html>
`.text
}

const EMAIL = html`<label>Email <input name="email" type="email" required autocomplete="username"></label>`

const LOGIN = html`<div id="login-part">
<article>
<h2>Register</h2>
<p>At least 15 characters, and none of the common ones. Nothing else is asked of a password.</p>
<form id="register">
${EMAIL}
${password('Password', 'new-password')}
<button>Register</button><output id="register-says"></output>
</form>
</article>
<article>
<h2>Log in</h2>
<p>After five wrong passwords the right one gets the same answer for a while. A browser that has logged in before goes on.</p>
<form id="login">
${EMAIL}
${password('Password', 'current-password')}
<button>Log in</button>
<button id="login-passkey" type="button">Use a passkey</button>
<output id="login-says"></output><output id="login-passkey-says"></output>
</form>
<div id="second-part" hidden>
<form id="second" hidden>
<label>Second factor <select name="method">
<option value="totp">code of the app</option>
<option value="recovery_code">recovery code</option>
</select></label>
<label>Code <input name="code" required autocomplete="one-time-code"></label>
<button>Go on</button><output id="second-says"></output>
</form>
<p><button id="second-passkey" type="button" hidden>Use the passkey as second factor</button><output id="second-passkey-says"></output></p>
</div>
</article>
<article>
<h2>Forgot the password</h2>
<p>The answer is the same for everybody. The mail is shown in the console of the demo and sent nowhere.</p>
<form id="forgot">
${EMAIL}
<button>Ask for a link</button><output id="forgot-says"></output>
</form>
</article>
</div>`

const RESET = html`<div id="reset-part" hidden>
<article>
<h2>Set a new password</h2>
<p>The link works once. Every session of the account ends.</p>
<form id="reset">
${password('New password', 'new-password')}
<button>Set it</button><output id="reset-says"></output>
</form>
</article>
</div>`

const ACCOUNT = html`<div id="account" hidden>
<article>
<h2>Logged in</h2>
<p>You are <code id="who"></code>. Factors can be changed for five minutes after a login.</p>
<ul id="factors"></ul>
<p class="buttons">
<button id="enrol-totp" type="button">Enrol an authenticator app</button>
<button id="enrol-passkey" type="button">Enrol a passkey</button>
<button id="new-recovery-codes" type="button">New recovery codes</button>
<button id="logout" type="button">Log out</button>
</p>
<p><output id="enrol-totp-says"></output><output id="enrol-passkey-says"></output><output id="new-recovery-codes-says"></output><output id="logout-says"></output></p>
<pre id="recovery-codes" hidden></pre>
</article>
<article id="totp-enrolment" hidden>
<h2>Enrol an authenticator app</h2>
<p>Scan this with the app, or type the secret in. It is shown this once, and counts when the first code came back.</p>
<div class="enrolment">
<img id="qr-code" alt="QR code for the authenticator app" width="240" height="240">
<div>
<p>Secret: <code id="totp-secret"></code></p>
<form id="confirm-totp">
<label>Code of the app <input name="code" required inputmode="numeric" autocomplete="one-time-code"></label>
<button>Confirm</button><output id="confirm-totp-says"></output>
</form>
</div>
</div>
</article>
</div>`

function password(label: string, autocomplete: string): Html {
  return html`<label>${label} <input name="password" type="password" required autocomplete="${autocomplete}"></label>`
}
