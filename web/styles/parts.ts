/** The parts that pages are made of. */
export const parts = `
.mark { font-weight: 600; white-space: nowrap }
.mark i { font-style: normal; display: inline-block; min-width: .9em; margin-right: .3em }
.glass { width: .75em; height: .9em; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linejoin: round; vertical-align: -.05em }
.good { color: var(--good) } .warn { color: var(--warn) } .bad { color: var(--bad) } .wait { color: var(--warn) } .plain { color: var(--ink-soft) }
.tag { font-size: var(--small); color: var(--ink-soft); background: var(--sunken); border-radius: 4px; padding: 1px 6px; white-space: nowrap }
.verdict { background: var(--surface); border: 1px solid var(--line); border-left: 6px solid var(--line-strong); border-radius: var(--radius); padding: 16px 20px }
.verdict.is-good { border-left-color: var(--good) } .verdict.is-bad { border-left-color: var(--bad) }
.verdict.is-warn, .verdict.is-wait { border-left-color: var(--warn) }
.verdict > * + * { margin-top: 8px }
.verdict .mark { font-size: var(--small) }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 16px 20px }
.card > * + * { margin-top: 12px }
.card.is-action { border-color: var(--accent) }
.notice { border-radius: var(--radius); padding: 12px 16px; background: var(--warn-ground); color: var(--ink); border: 1px solid var(--warn) }
.notice.is-bad { background: var(--bad-ground); border-color: var(--bad) }
.notice.is-plain { background: var(--sunken); border-color: var(--line) }
.notice > * + * { margin-top: 4px }
.split { display: grid; gap: 32px; grid-template-columns: minmax(0, 1fr) }
@media (min-width: 64rem) {
  .split { grid-template-columns: minmax(0, 1fr) 21rem; align-items: start }
  .split > .aside { grid-column: 2; grid-row: 1; position: sticky; top: 16px; max-height: calc(100vh - 32px); overflow-y: auto }
  .split > .evidence { grid-column: 1; grid-row: 1 }
}
.quote { border-left: 3px solid var(--line-strong); padding-left: 12px; white-space: pre-wrap }
.stages { list-style: none; padding: 0; display: grid; gap: 4px }
.stages li { max-width: none; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; display: flex; gap: 8px; justify-content: space-between }
.stages .now { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent) }
@media (min-width: 48rem) {
  .stages { grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 8px }
  .stages li { display: block }
  .stages .mark { display: block; font-size: var(--small) }
}
.facts { display: grid; gap: 8px 24px }
.facts dt { color: var(--ink-soft); font-size: var(--small) }
.facts dd { min-width: 0; overflow-wrap: anywhere }
@media (min-width: 40rem) { .facts { grid-template-columns: minmax(9rem, max-content) minmax(0, 1fr) } .facts dt { padding-top: 2px } }
@media (max-width: 39.99rem) { .facts dd + dt { margin-top: 4px } .facts { row-gap: 0 } }
.plain-list { list-style: none; padding: 0; display: grid; gap: 8px }
.timeline { list-style: none; padding: 0 }
.timeline > li { position: relative; padding: 0 0 16px 28px; max-width: none }
.timeline > li::before { content: ''; position: absolute; left: 7px; top: 24px; bottom: -2px; width: 2px; background: var(--line) }
.timeline > li:last-child::before { display: none }
.timeline .dot { position: absolute; left: 0; top: 2px; width: 16px; text-align: center; font-size: var(--small); font-weight: 600; line-height: 20px; background: var(--ground) }
.timeline .gap { color: var(--ink-soft); font-size: var(--small); padding-bottom: 12px }
.timeline .gap::before { background: repeating-linear-gradient(var(--line-strong) 0 3px, transparent 3px 8px); top: 2px }
.timeline .day { font-weight: 650; padding-bottom: 8px; padding-left: 0 }
.timeline .day::before { display: none }
.strip { display: block; width: 120px; height: 14px }
.strip .axis { stroke: var(--line) } .strip .was { fill: var(--surface); stroke: var(--line-strong); stroke-width: 1.5 } .strip .is { fill: var(--accent) }
`;
