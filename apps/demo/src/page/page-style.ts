/** The whole style of the page; its hash stands in the policy of the page, so it must be sent as it is. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f7f7f4;
  --card: #ffffff;
  --ink: #1d2025;
  --faint: #5d636e;
  --line: #e0e0da;
  --code: #f2f2ee;
  --accent: #0b5cad;
  --good: #14713d;
  --bad: #a8321f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a;
    --card: #1c1f25;
    --ink: #e6e7ea;
    --faint: #a0a6b1;
    --line: #2e323b;
    --code: #121418;
    --accent: #7db7f5;
    --good: #6fcf97;
    --bad: #f2947f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main, header > div { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding: 3rem 0 1rem; }
h1 { margin: 0 0 .5rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.02em; }
h2 { margin: 2.75rem 0 .25rem; font-size: 1.3rem; letter-spacing: -.01em; }
p { margin: .25rem 0 .75rem; max-width: 52rem; }
.faint { color: var(--faint); }
nav { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; margin-top: 1rem; }
a { color: var(--accent); text-underline-offset: .2em; }
article {
  margin: .85rem 0;
  padding: .9rem 1.1rem 1rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: .6rem;
}
article h3 { margin: 0; font-size: 1rem; }
.top { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .8rem; }
.top h3 { flex: 1 1 18rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.route { color: var(--faint); font-size: .82rem; }
.status { font-size: .82rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.good { color: var(--good); }
.bad { color: var(--bad); }
article p { margin: .2rem 0 .6rem; color: var(--faint); font-size: .93rem; }
pre {
  margin: 0;
  padding: .65rem .8rem;
  background: var(--code);
  border: 1px solid var(--line);
  border-radius: .4rem;
  font-size: .82rem;
  line-height: 1.5;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  user-select: all;
}
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); }
table { border-collapse: collapse; width: 100%; min-width: 46rem; font-size: .9rem; }
th, td { padding: .55rem .8rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
tbody th { width: 9.5rem; color: var(--faint); font-weight: 500; }
form { display: flex; flex-wrap: wrap; gap: .6rem .8rem; align-items: end; margin: .4rem 0 .2rem; }
[hidden] { display: none !important; }
label { display: grid; gap: .15rem; font-size: .85rem; color: var(--faint); }
input, select, button { font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .4rem; }
input, select { background: var(--code); color: var(--ink); min-width: 15rem; }
button { background: var(--accent); border-color: var(--accent); color: var(--card); cursor: pointer; }
article h2 { margin: 0; font-size: 1.1rem; }
output { color: var(--faint); font-size: .93rem; }
ul { margin: .4rem 0; padding-left: 1.2rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; }
.enrolment { display: flex; flex-wrap: wrap; gap: 1.2rem; align-items: center; }
.enrolment img { background: #ffffff; border-radius: .4rem; }
.enrolment code { overflow-wrap: anywhere; color: var(--ink); }
footer { margin: 2.5rem 0 3rem; }
`
