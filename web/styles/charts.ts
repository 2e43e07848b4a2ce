/** Pictures: the training data in grey, the present in the accent. */
export const charts = `
.plot, .thumb { display: block; width: 100%; overflow: visible }
.was { fill: var(--was) }
.is { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke }
.now { fill: var(--accent) }
.plot text { fill: var(--ink-soft); font: .75rem var(--sans); font-variant-numeric: tabular-nums }
.plot .mid { text-anchor: middle } .plot .end { text-anchor: end }
.axis { stroke: var(--line-strong); fill: none; vector-effect: non-scaling-stroke }
.key-was, .key-is { display: inline-block; width: 14px; height: 9px; background: var(--was) }
.key-is { height: 3px; vertical-align: .2em; background: var(--accent) }
figcaption { color: var(--ink-soft) }
.multiples { list-style: none; align-items: end; padding: 0; display: grid; gap: 20px 24px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)) }
.multiples li { min-width: 0 }
.multiple-name { display: flex; justify-content: space-between; gap: 12px; font-size: var(--small); align-items: baseline }
.multiple-name > :first-child { min-width: 0; overflow-wrap: anywhere }
.series { display: block; width: 100%; height: 64px; overflow: visible; margin-top: 4px; border-bottom: 1px solid var(--line) }
.series path { fill: none; vector-effect: non-scaling-stroke }
.series .limit { stroke: var(--line-strong); stroke-dasharray: 3 3 }
.series .is { stroke-width: 1.6 }
.series .last, .series .bad { stroke: var(--accent); stroke-width: 5; stroke-linecap: round }
.series .bad { stroke: var(--bad); stroke-width: 6 }
details summary { cursor: pointer; color: var(--accent) }
details[open] summary { margin-bottom: 8px }
`;
