/** Forms: labels above, errors beside the field. */
export const forms = `
form > * + * { margin-top: 16px }
fieldset { border: 0; min-width: 0 }
label, legend { font-weight: 600; display: block; padding: 0 }
.hint { color: var(--ink-soft); font-size: var(--small); font-weight: 400 }
.choice { display: grid; grid-template-columns: auto 1fr; gap: 0 10px; align-items: start; margin-top: 8px; padding: 10px 12px; border: 1px solid var(--line-strong); border-radius: 6px }
.choice input { width: 20px; height: 20px; margin: 2px 0 0; accent-color: var(--accent) }
.choice .hint { grid-column: 2 }
.choice:has(:checked) { border-color: var(--accent); background: var(--accent-ground) }
textarea, select { display: block; width: 100%; font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 6px; padding: 8px 10px; margin-top: 4px }
textarea { min-height: 7rem; resize: vertical }
select { min-height: 44px }
[aria-invalid=true] { border-color: var(--bad); border-width: 2px }
.error { color: var(--bad); font-size: var(--small); font-weight: 600; margin-top: 4px }
.error::before { content: '✕ ' }
button, .button { font: inherit; font-weight: 600; display: inline-block; min-height: 44px; padding: 9px 18px; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--accent-ink); cursor: pointer; text-decoration: none; text-align: center }
button:hover, .button:hover { filter: brightness(1.08) }
.quiet { background: none; border: 0; color: var(--accent); padding: 4px; min-height: 0; font-weight: 400; text-decoration: underline; text-underline-offset: .15em }
.who form > * { margin: 0 }
@supports selector(:has(*)) { form:not(:has([value=rejected]:checked)) .for-rejection { display: none } }
`;
