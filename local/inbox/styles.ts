/** Colours by the reader's theme; contrast of text at least 4.5:1 in both. */
export const styles = `
:root { --text: #1c2128; --quiet: #57606a; --ground: #ffffff; --line: #d0d7de; --accent: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9ea7b3; --ground: #0d1117; --line: #30363d; --accent: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); overflow-wrap: anywhere; }
header { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 12px 16px; border-bottom: 1px solid var(--line); color: var(--quiet); }
header a { font-weight: 600; }
main { max-width: 72rem; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.44rem; line-height: 1.25; margin: 0 0 16px; }
a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.mails { list-style: none; margin: 0; padding: 0; }
.mails li { padding: 12px 0; border-top: 1px solid var(--line); }
.mails a { font-weight: 600; }
.meta, .preview, .footer { color: var(--quiet); margin: 4px 0 0; }
.preview { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 24px; }
dt { color: var(--quiet); }
dd { margin: 0; }
pre { font: inherit; white-space: pre-wrap; max-width: 75ch; margin: 0 0 32px; }
`;
