/** Colours, type and space of all pages. Text on its ground has a contrast of at least 4.5:1 in both themes. */
export const tokens = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --surface: #ffffff; --sunken: #eef0f4; --line: #dadfe7; --line-strong: #7d8798;
  --ink: #191f2c; --ink-soft: #4d5769;
  --accent: #2751c4; --accent-ink: #ffffff; --accent-ground: #eaf0fd; --was: #c3cad6;
  --good: #0b6b3c; --good-ground: #e5f4ec; --warn: #7f4f00; --warn-ground: #fdf1d9;
  --bad: #a8211a; --bad-ground: #fcebe9;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
  --small: .833rem; --large: 1.2rem; --larger: 1.44rem; --largest: 1.728rem;
  --radius: 8px;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11141a; --surface: #191e27; --sunken: #222935; --line: #313a49; --line-strong: #7f8ba0;
    --ink: #e9ecf2; --ink-soft: #aab3c3;
    --accent: #93b4ff; --accent-ink: #0d1a3a; --accent-ground: #1d2a4a; --was: #4a566b;
    --good: #6cd8a2; --good-ground: #14312a; --warn: #f2c16b; --warn-ground: #362a14;
    --bad: #ff9a90; --bad-ground: #3c1d1f;
  }
}
`;
