import type { Child } from 'hono/jsx';

export type Column<Row> = {
  header: string;
  cell: (row: Row) => Child;
  /** Right-aligned with digits of one width. */
  isNumber?: boolean;
};

type TableProps<Row> = {
  caption: Child;
  /** The first column names the row. */
  columns: [Column<Row>, ...Column<Row>[]];
  rows: readonly Row[];
  rowState?: (row: Row) => 'is-bad' | 'is-warn' | undefined;
};

/** Said aloud, because some browsers forget what a table is when its rows are laid out as cards. */
const ROLES = {
  table: { role: 'table' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  rowheader: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const;

/** A real table, also where narrow screens show its rows as cards. */
export function Table<Row>({ caption, columns, rows, rowState }: TableProps<Row>) {
  const [first, ...others] = columns;
  return (
    <div class="sheet">
      <table {...ROLES.table}>
        <caption>{caption}</caption>
        <thead>
          <tr {...ROLES.row}>
            {columns.map(({ header, isNumber }) => (
              <th scope="col" {...ROLES.columnheader} class={isNumber ? 'num' : undefined}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr {...ROLES.row} class={rowState?.(row)}>
              <th scope="row" {...ROLES.rowheader}>
                {first.cell(row)}
              </th>
              {others.map(({ header, cell, isNumber }) => (
                <td {...ROLES.cell} data-label={header} class={isNumber ? 'num' : undefined}>
                  {inOnePiece(cell(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** On narrow screens a cell lays out its label and its content side by side, so the content must be one thing. */
function inOnePiece(content: Child): Child {
  return content !== null && typeof content === 'object' ? <div>{content}</div> : content;
}
