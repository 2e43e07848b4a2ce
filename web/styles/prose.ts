/** Pages that are mostly text: runbooks. */
export const prose = `
.prose > * + * { margin-top: 12px }
.prose h2 { margin-top: 28px }
.prose li + li { margin-top: 6px }
.prose li > ul, .prose li > p, .prose li > pre, .prose li > table { margin-top: 6px }
.prose pre { background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow-x: auto }
.prose pre code { white-space: pre-wrap; overflow-wrap: anywhere }
.prose table { border-collapse: collapse; display: block; overflow-x: auto }
.prose th, .prose td { border-bottom: 1px solid var(--line); padding: 6px 12px 6px 0; text-align: left; vertical-align: top }
`;
