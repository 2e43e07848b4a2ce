import { base } from '../styles/base.ts';
import { charts } from '../styles/charts.ts';
import { parts } from '../styles/parts.ts';
import { print } from '../styles/print.ts';
import { tables } from '../styles/tables.ts';
import { tokens } from '../styles/tokens.ts';

/** What only the report has. */
const report = `
.cards { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr) }
.card header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; align-items: baseline }
.card header h3 { font-size: var(--large); overflow-wrap: anywhere; min-width: 0 }
.card.is-bad { border-top: 3px solid var(--bad) } .card.is-warn { border-top: 3px solid var(--warn) }
.links { display: flex; flex-wrap: wrap; gap: 4px 20px }
.changes { padding-left: 18px }
.measures, .bars, .overview { font-size: var(--small) }
.measures th, .measures td, .bars th, .bars td { padding: 3px 12px 3px 0 }
.measures td:last-child, .bars td:last-child { padding-right: 0 }
.measures tr > * { border-top: 1px solid var(--line) !important }
.measures tbody th { font-weight: 400 } .measures td { white-space: nowrap }
.measures .reached th, .measures .reached .num { font-weight: 650 }
.measures .reached .num::before { content: '▲ '; font-size: .7em }
.bars { table-layout: fixed }
.bars th:first-child { width: 34% } .bars .num { width: 5rem }
.bars tbody th { overflow-wrap: anywhere }
.bars tr > *, .bars tr + tr > * { border: 0; vertical-align: middle }
.bars svg, .overview svg { display: block }
.overview tbody td { vertical-align: middle }
.overview thead td { border-bottom: 1px solid var(--line) }
.overview thead td, .overview td:nth-child(2) { width: 38% }
.overview th a { overflow-wrap: anywhere }
.moved { fill: var(--line-strong) } .moved.bad { fill: var(--bad) } .moved.warn { fill: var(--warn) }
.limit { fill: var(--ink) } .cut { fill: var(--surface) }
.rest { padding: 8px 16px 12px }
.stamps { list-style: none; padding: 0; display: grid; gap: 20px 16px; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)) }
.stamps h3 { font-size: var(--small); overflow-wrap: anywhere }
.stamps h3 .dot { font-weight: 600; margin: 0 .25em }
.stamps p { font-size: .75rem; color: var(--ink-soft); font-variant-numeric: tabular-nums }
.stamps .thumb { height: 48px; margin: 4px 0 }
:target { outline: 2px solid var(--accent); outline-offset: 2px }
@media (min-width: 56rem) {
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .wide { display: grid; grid-template-columns: 3fr 2fr; gap: 0 40px; align-content: start }
  .wide > header, .wide > p { grid-column: 1 / -1 } .wide > figure, .wide > .bars, .wide > .changes { grid-column: 1 }
  .wide > .measures { grid-column: 2; grid-row: 3 / span 4; align-self: start }
}
@media (max-width: 39.99rem) {
  .bars, .measures { display: table } .bars tr, .measures tr { display: table-row; padding: 0 }
  .bars tbody, .measures tbody { display: table-row-group } .bars thead { display: table-header-group; position: static; width: auto; height: auto; clip-path: none }
  .bars th, .bars td, .measures th, .measures td { display: table-cell; padding: 3px 8px 3px 0 !important }
  .bars .num { width: 4.2rem } .bars tbody th { font-weight: 400 }
  .overview td { display: inline-block; width: auto; padding-right: 16px !important } .overview td[aria-hidden] { display: block; width: 100% }
}
@media print { .cards, .stamps { display: grid } .card, .stamps li { break-inside: avoid } .is { stroke: #000 } .now, .key-is { fill: #000; background: #000 } }
`;

/** The report's whole stylesheet. It holds no \`<\`: the policy finds its end by that. */
export const reportStyles = [tokens, base, tables, parts, charts, print, report]
  .join('')
  .replaceAll(/\n\s*/g, '\n')
  .trim();
