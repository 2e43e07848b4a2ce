/** On paper the review is a record: no controls, the digest at the foot. */
export const print = `
@media print {
  @page { size: A4; margin: 16mm }
  :root { --ground: #fff; --surface: #fff; --sunken: #fff; --ink: #000; --ink-soft: #333; --line: #bbb; --accent: #000; --good: #000; --warn: #000; --bad: #000; --bad-ground: #fff; --warn-ground: #fff }
  body { font-size: 10pt }
  .top .who, .crumbs, form, .skip { display: none !important }
  .split { display: block }
  .split > .aside { position: static; max-height: none; margin-bottom: 16px }
  tr, li, .card { break-inside: avoid }
  a { color: inherit }
}
`;
