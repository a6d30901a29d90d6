import type { MethodComparison, MethodDescription } from '../routes/methods.js'
import { Html, html } from './html.js'
import { PAGE_STYLE } from './page-style.js'
import type { TryOut, TryOutGroup } from './try-outs.js'

/** What the page shows. */
export interface PageContent {
  readonly baseUrl: string
  /** Of the page for people. */
  readonly peopleUrl: string
  readonly groups: readonly TryOutGroup[]
  readonly comparison: MethodComparison
}

/** Writes the page: no scripts, nothing loaded from elsewhere. */
export function renderPage({ baseUrl, peopleUrl, groups, comparison }: PageContent): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AuthCore: the reference API</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<header><div>
<h1>AuthCore: the reference API</h1>
<p>Everything that this server answers, as lines for your shell. They build on each other: go from top to bottom.
They need curl and sed, and nothing else.</p>
<p class="faint">Serving at <code>${baseUrl}</code>. Data are kept between starts; the console says where.</p>
<nav>
<a href="${peopleUrl}">Log in on a page</a>
${groups.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
<a href="#methods">Compare the methods</a>
</nav>
</div></header>
<main>
${groups.map(renderGroup)}
${renderComparison(comparison)}
<footer class="faint">A click into a line selects all of it.</footer>
</main>
</body>
</html>
`.text
}

function renderGroup({ id, title, intro, tryOuts }: TryOutGroup): Html {
  return html`<section id="${id}">
<h2>${title}</h2>
<p class="faint">${intro}</p>
${tryOuts.map(renderTryOut)}
</section>`
}

function renderTryOut({ title, why, route, statuses, line }: TryOut): Html {
  const routeText = route === undefined ? html`` : html`<code class="route">${route}</code>`
  return html`<article>
<div class="top"><h3>${title}</h3>${routeText}${statuses.map(renderStatus)}</div>
<p>${why}</p>
<pre>${line}</pre>
</article>`
}

function renderStatus(status: number): Html {
  return html`<span class="status ${status < 400 ? 'good' : 'bad'}">${status}</span>`
}

const ROWS = [
  ['Looks like', 'looks_like'],
  ['Sent as', 'sent_as'],
  ['Kept at rest', 'kept_at_rest'],
  ['Verified by', 'verified_by'],
  ['Lives', 'lifetime'],
  ['Revoked by', 'revoked_by'],
  ['Staleness bound, seconds', 'staleness_bound_seconds'],
  ['Choose it when', 'choose_when'],
] as const satisfies readonly (readonly [string, keyof MethodDescription])[]

function renderComparison({ methods, rule_of_thumb }: MethodComparison): Html {
  return html`<section id="methods">
<h2>Compare the methods</h2>
<p class="faint">${rule_of_thumb}</p>
<div class="table"><table>
<thead><tr><td></td>${methods.map(({ kind }) => html`<th scope="col">${kind}</th>`)}</tr></thead>
<tbody>
${ROWS.map(
  ([label, member]) =>
    html`<tr><th scope="row">${label}</th>${methods.map(method => html`<td>${method[member]}</td>`)}</tr>`,
)}
</tbody>
</table></div>
</section>`
}
