/** Elements: text, links, focus, landmarks. */
export const base = `
*, ::before, ::after { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 var(--sans); overflow-wrap: break-word }
h1, h2, h3, p, ul, ol, dl, dd, figure, blockquote, fieldset, table { margin: 0; padding: 0 }
h1 { font-size: var(--larger); line-height: 1.25; font-weight: 650; letter-spacing: -.01em; text-wrap: pretty }
h2 { font-size: var(--large); line-height: 1.3; font-weight: 650 }
h3 { font-size: 1rem; font-weight: 650 }
p, li, blockquote { max-width: 75ch }
ul, ol { padding-left: 20px }
a { color: var(--accent); text-underline-offset: .15em }
a:hover { text-decoration-thickness: 2px }
code, .mono { font-family: var(--mono); font-size: .9em; overflow-wrap: anywhere }
strong { font-weight: 650 }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px }
.skip { position: absolute; left: -999px }
.skip:focus { left: 8px; top: 8px; z-index: 2; background: var(--surface); padding: 8px 12px }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.soft { color: var(--ink-soft) }
.small { font-size: var(--small) }
.nowrap { white-space: nowrap }
.top { background: var(--surface); border-bottom: 1px solid var(--line) }
.top > div, .foot > div, main { max-width: 72rem; margin: 0 auto; padding-left: 16px; padding-right: 16px }
.top > div { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; min-height: 56px; padding-top: 8px; padding-bottom: 8px }
.brand { display: flex; align-items: center; gap: 8px; font-weight: 650; color: var(--ink); text-decoration: none }
.brand svg { display: block }
.stage { font-size: var(--small); color: var(--ink-soft); border: 1px solid var(--line); border-radius: 4px; padding: 0 6px }
.who { margin-left: auto; display: flex; align-items: center; gap: 12px; font-size: var(--small) }
.crumbs { font-size: var(--small); color: var(--ink-soft); margin-bottom: 12px }
.crumbs ol { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 8px }
.crumbs li + li::before { content: '/'; margin-right: 8px; color: var(--line-strong) }
main { padding-top: 20px; padding-bottom: 48px }
main > * + *, .evidence > * + * { margin-top: 32px }
main > .crumbs + * { margin-top: 12px }
section > * + * { margin-top: 12px }
.foot { border-top: 1px solid var(--line); color: var(--ink-soft); font-size: var(--small) }
.foot > div { padding-top: 16px; padding-bottom: 32px }
.foot p { max-width: none }
@media (min-width: 48rem) {
  h1 { font-size: var(--largest) }
  .top > div, .foot > div, main { padding-left: 24px; padding-right: 24px }
  main { padding-top: 28px }
}
@media (prefers-reduced-motion: no-preference) { a, button { transition: background-color .12s } }
`;
