/** Real tables on a wide screen; below 40 rem each row is a card whose cells say what they are. */
export const tables = `
.sheet { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden }
table { border-collapse: collapse; width: 100%; text-align: left }
caption { text-align: left; padding: 12px 16px 4px; font-size: var(--small); color: var(--ink-soft) }
th, td { padding: 8px 16px; vertical-align: top }
thead th { font-size: var(--small); font-weight: 600; color: var(--ink-soft); border-bottom: 1px solid var(--line); white-space: nowrap }
tbody th { font-weight: 400 }
tbody tr + tr > * { border-top: 1px solid var(--line) }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tr.is-bad { background: var(--bad-ground) } tr.is-warn { background: var(--warn-ground) }
td p, th p { font-size: var(--small); color: var(--ink-soft); margin-top: 2px }
@media (max-width: 39.99rem) {
  table, tbody, tr, th, td, caption { display: block }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tbody tr { padding: 10px 16px }
  tbody tr + tr { border-top: 1px solid var(--line) }
  tbody tr > * { border: 0 !important; padding: 2px 0 }
  tbody th { padding-bottom: 4px; font-weight: 600 }
  td[data-label] { display: flex; justify-content: space-between; gap: 16px; white-space: normal; text-align: right }
  td[data-label]::before { content: attr(data-label); color: var(--ink-soft); font-size: var(--small); text-align: left; flex: none; max-width: 50% }
  td:empty { display: none }
}
`;
